package erythema;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.RoiSet;
import erythema.core.Samples;
import erythema.core.StandInService;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.macro.Interpreter;
import java.awt.event.KeyEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** call("erythema.Segment.run", ...) in headless ImageJ, with a stand-in for the service. */
class SegmentTest {

  private final ImagePlus image = Samples.twoPixels();
  private StandInService service;

  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    Roi[] found = {Samples.triangle("erythema 1")};
    service = new StandInService().outlines(RoiSet.encode(found), 1);
    WindowManager.setTempCurrentImage(image);
  }

  @AfterEach
  void stop() {
    if (Interpreter.getLastBatchModeImage() != null) {
      Interpreter.getLastBatchModeImage().close();
    }
    WindowManager.setTempCurrentImage(null);
    service.close();
  }

  private String run(String options) {
    return Segment.run("service=" + service.address() + " " + options);
  }

  private String problem(String options) {
    return assertThrows(IllegalArgumentException.class, () -> run(options)).getMessage();
  }

  /** The image that is current after a macro has called with some options. */
  private ImagePlus after(String options) {
    macro("service=" + service.address() + " " + options);
    return Interpreter.getLastBatchModeImage();
  }

  private static String macro(String options) {
    return IJ.runMacro("n = call('erythema.Segment.run', '" + options + "'); return 'n=' + n;");
  }

  @Test
  void outlinesAreAddedToTheOverlayOfTheCurrentImage() {
    image.setOverlay(new Overlay(new Roi(0, 0, 1, 1)));
    assertEquals("1", run(""));
    assertEquals(2, image.getOverlay().size());
    assertEquals("erythema 1", image.getOverlay().get(1).getName());
  }

  @Test
  void theOverlayHasACopyWithTheColourOfItsConfidence() {
    run("overlay");
    assertEquals(Roi.getColor(), image.getOverlay().get(0).getStrokeColor());
  }

  @Test
  void theMaskIs255InsideTheOutlinesAndCalibratedAsThePhoto() {
    image.getCalibration().setUnit("mm");
    ImagePlus mask = after("mask");
    assertEquals("arm.png mask", mask.getTitle());
    assertEquals("mm", mask.getCalibration().getUnit());
    assertArrayEquals(new byte[] {0, -1}, (byte[]) mask.getProcessor().getPixels());
  }

  @Test
  void allPhotosOfAStackAreSegmentedAtTheirSlices() {
    ImageStack stack = new ImageStack(2, 1);
    stack.addSlice("left", image.getProcessor());
    stack.addSlice("right", image.getProcessor());
    image.setStack(stack);
    assertEquals("2", run("stack"));
    assertEquals(1, image.getOverlay().get(0).getPosition());
    assertEquals(2, image.getOverlay().get(1).getPosition());
  }

  @Test
  void selectionAndLockStayAsTheyWere() {
    Roi selection = new Roi(0, 0, 1, 1);
    image.setRoi(selection);
    run("");
    assertEquals(selection, image.getRoi());
    assertFalse(image.isLocked());
  }

  @Test
  void aPhotoFileIsReadAndItsSetSavedInAFolder() throws Exception {
    Path photo = folder.resolve("left arm.png");
    new FileSaver(image).saveAsPng(photo.toString());
    assertEquals("1", run("photo=[" + photo + "] output=[" + folder + "]"));
    byte[] saved = Files.readAllBytes(folder.resolve("left arm.zip"));
    assertEquals("erythema 1", RoiSet.decode(saved)[0].getName());
    assertNull(image.getOverlay());
  }

  @Test
  void aTitleNamesAFileInTheGivenFolderOnly() throws Exception {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    String[][] names = {
      {"../x.jpg", "x.zip"},
      {"a\\b.c.png", "b.c.zip"},
      {"1:2?.png", "1_2_.zip"},
      {"...", "photo.zip"}
    };
    for (String[] name : names) {
      image.setTitle(name[0]);
      run("output=[" + inner + "]");
      assertTrue(Files.exists(inner.resolve(name[1])), name[0]);
    }
  }

  @Test
  void theSetIsSavedUnderAGivenName() {
    Path set = folder.resolve("mine.zip");
    run("output=[" + set + "]");
    assertTrue(Files.exists(set));
  }

  @Test
  void aMissingFolderIsToldBeforeThePhotoIsSent() {
    String message = problem("output=[" + folder.resolve("none") + "]");
    assertTrue(message.startsWith("output=[" + folder.resolve("none") + "]: there is no folder"));
    assertNull(service.body);
  }

  @Test
  void anEscFromBeforeTheCallDoesNotCount() {
    IJ.setKeyDown(KeyEvent.VK_ESCAPE);
    assertEquals("1", run(""));
  }

  @Test
  void aMissingPhotoIsNamed() {
    assertTrue(problem("photo=[/no such/a.png]").startsWith("photo=[/no such/a.png]: there is no"));
  }

  @Test
  void aFileThatIsNoImageIsNamed() throws Exception {
    Path text = Files.write(folder.resolve("broken.png"), new byte[] {1, 2, 3});
    assertTrue(problem("photo=[" + text + "]").startsWith("photo=[" + text + "] cannot be opened"));
  }

  @Test
  void withoutAnImageItSaysSo() {
    WindowManager.setTempCurrentImage(null);
    assertEquals("There are no images open.\nOpen a photo first", problem(""));
  }

  @Test
  void anImageInUseIsNamed() throws Exception {
    Thread other = new Thread(image::lock);
    other.start();
    other.join();
    assertTrue(problem("").startsWith("arm.png is in use by another command"));
  }

  @Test
  void aMacroGetsTheNumberOfReactions() {
    assertEquals("n=1", macro("service=" + service.address()));
  }

  @Test
  void aMistakeEndsTheMacroWithItsMessageAlone() {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true));
    try {
      assertNull(macro("threshold=abc"));
    } finally {
      System.setOut(out);
    }
    assertEquals(
        "threshold=abc is not a number above 0 and at most 1.\nFor example: threshold=0.5",
        printed.toString().trim());
  }

  @Test
  void theNextMacroRuns() {
    macro("threshold=abc");
    assertEquals("n=1", macro("service=" + service.address()));
  }
}
