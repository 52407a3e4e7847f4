package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.IJ;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhotoFileTest {

  @TempDir Path folder;

  @AfterEach
  void reset() {
    IJ.redirectErrorMessages(false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whereErrorsGoStaysAsAMacroSetIt(boolean redirecting) throws Exception {
    Path file = Files.createFile(folder.resolve("arm.png"));
    IJ.redirectErrorMessages(redirecting);
    assertThrows(Problem.class, () -> PhotoFile.open("arm.png", file.toString()));
    assertEquals(redirecting, IJ.redirectingErrorMessages());
  }
}
