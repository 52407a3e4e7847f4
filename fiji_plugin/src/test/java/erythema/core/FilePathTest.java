package erythema.core;

import static java.util.Collections.singleton;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.Roi;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Names that no file of this computer can have; no system takes the letter of number 0. */
class FilePathTest {

  private static final String IMPOSSIBLE = "arm\0.zip";

  @TempDir Path folder;

  private static String problem(Executable work) {
    return assertThrows(Problem.class, work).getMessage();
  }

  @Test
  void anyOtherNameIsAPath() throws Problem {
    assertEquals(Paths.get("arm.zip"), FilePath.of("found=[arm.zip]", "arm.zip"));
  }

  @Test
  void theKeyAndItsValueAreNamed() {
    String message = "[arm\0.zip] cannot name a file here.\nTake out what no name may hold here";
    assertEquals("found=" + message, problem(() -> RoiSet.read("found", IMPOSSIBLE)));
    File file = new File(IMPOSSIBLE);
    assertEquals("output=" + message, problem(() -> RoiSet.save(new Roi[0], file)));
    assertEquals(
        "photo=" + message, problem(() -> PhotoFile.open("photo=[arm\0.zip]", IMPOSSIBLE)));
  }

  @Test
  void lettersOfOtherAlphabetsPointToTheLocale() {
    assertTrue(problem(() -> FilePath.of("é", "é\0")).contains("Set LANG to a UTF-8 locale"));
  }

  @Test
  void aBatchOfOtherPhotosCanStart() throws Problem {
    new BatchFolder(folder.toFile()).start(singleton(IMPOSSIBLE));
    assertTrue(Files.exists(folder.resolve("photos.csv")));
  }
}
