package erythema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.RoiSet;
import ij.IJ;
import ij.gui.Roi;
import ij.io.FileSaver;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** call("erythema.Save.run", ...) in headless ImageJ. */
class SaveTest {

  @TempDir Path folder;
  private String photo;
  private String rois;

  @BeforeEach
  void files() throws Exception {
    Path arm = folder.resolve("arm.png");
    new FileSaver(IJ.createImage("arm", "RGB", 8, 8, 1)).saveAsPng(arm.toString());
    Path set = folder.resolve("drawn.zip");
    Files.write(set, RoiSet.encode(new Roi[] {new Roi(0, 0, 2, 2), new Roi(4, 4, 2, 2)}));
    photo = "photo=[" + arm + "] ";
    rois = "rois=[" + set + "] ";
  }

  private static String problem(String options) {
    return assertThrows(IllegalArgumentException.class, () -> Save.run(options)).getMessage();
  }

  @Test
  void outlinesOfAFileAreSavedAsTheReaders() throws Exception {
    assertEquals("2", Save.run(photo + rois + "reader=anna"));
    Path saved = folder.resolve("reader_anna/arm.zip");
    assertEquals(2, RoiSet.decode(Files.readAllBytes(saved)).length);
  }

  @Test
  void aStatementHasNoOutlines() {
    assertEquals("0", Save.run(photo + "reader=anna state=[no erythema]"));
    assertFalse(Files.exists(folder.resolve("reader_anna/arm.zip")));
    assertTrue(Files.exists(folder.resolve("reader_anna/readings.csv")));
  }

  @Test
  void outlinesOfANamedPhotoAreNamedToo() {
    assertTrue(problem(photo + "reader=anna").startsWith("rois= is missing."));
  }

  @Test
  void aReaderMustBeNamed() {
    assertTrue(problem(photo + rois).startsWith("reader= is missing.\n"));
    assertFalse(Files.exists(folder.resolve("reader_")));
  }

  @Test
  void withoutAnImageThereIsNothingToSave() {
    assertTrue(problem("reader=anna").startsWith("There are no images open."));
  }
}
