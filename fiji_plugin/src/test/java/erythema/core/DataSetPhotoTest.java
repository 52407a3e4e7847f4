package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.process.ColorProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photos of 4 x 4 pixels in a folder, and images that may show them. */
class DataSetPhotoTest {

  private static final Roi[] OUTLINES = {new Roi(0, 0, 2, 2)};
  private static final Reading OUTLINED = new Reading("outlined", "");
  private static final Reading NO_ERYTHEMA = new Reading("no erythema", "");

  @TempDir Path folder;
  @TempDir Path elsewhere;
  private ImagePlus arm;

  @BeforeEach
  void save() throws Exception {
    arm = saved(0xcc6666, folder, "arm.png");
  }

  private static ImagePlus saved(int color, Path folder, String name) throws Problem {
    ImagePlus image = new ImagePlus(name, new ColorProcessor(4, 4));
    image.getProcessor().setColor(color);
    image.getProcessor().fill();
    String path = folder.resolve(name).toString();
    if (name.endsWith(".tif")) {
      new FileSaver(image).saveAsTiff(path);
    } else {
      new FileSaver(image).saveAsPng(path);
    }
    return PhotoFile.open(path, path);
  }

  private DataSetPhoto find(ImagePlus image) throws Problem {
    return DataSetPhoto.find(image, folder.toString());
  }

  private String problem(ImagePlus image) {
    return assertThrows(Problem.class, () -> find(image)).getMessage();
  }

  private ReaderFolder anna() throws Problem {
    return ReaderFolder.open("folder", folder.toString(), "anna");
  }

  @Test
  void thePhotosNameIsThatOfItsFile() throws Exception {
    assertEquals(folder.resolve("arm.png").toFile(), DataSetPhoto.file(arm));
    assertEquals("arm", find(arm).id);
    assertEquals("arm.left", find(saved(0, folder, "arm.left.png")).id);
  }

  @Test
  void whatAPersonDidToThePixelsDoesNotMatter() throws Exception {
    arm.getProcessor().invert();
    assertEquals("arm", find(arm).id);
  }

  @Test
  void aCopyFromElsewhereIsThePhotoWhereItsPixelsAre() throws Exception {
    assertEquals("arm", find(saved(0xcc6666, elsewhere, "arm.tif")).id);
    String message = problem(saved(0x0000ff, elsewhere, "arm.png"));
    assertTrue(message.startsWith(folder.resolve("arm.png") + " is not what arm.png shows"));
  }

  @Test
  void aCroppedPhotoIsRefused() {
    arm.setRoi(0, 0, 2, 2);
    arm.setProcessor(arm.getProcessor().crop());
    assertTrue(problem(arm).endsWith("Open that file and outline it there"), problem(arm));
  }

  @Test
  void aPhotoOfAnotherFolderIsRefused() throws Exception {
    String message = problem(saved(0xcc6666, elsewhere, "leg.png"));
    assertTrue(message.startsWith("leg.png is no photo in " + folder + ","), message);
  }

  @Test
  void twoPhotosOfOneNameAreRefused() throws Exception {
    saved(0xcc6666, folder, "ARM.tif");
    assertTrue(problem(arm).startsWith(folder + "/ARM.tif and arm.png have one name,"));
  }

  @Test
  void anImageThatWasNeverSavedIsRefused() {
    ImagePlus drawn = IJ.createImage("drawn", "RGB", 4, 4, 1);
    assertTrue(problem(drawn).startsWith("drawn was never saved,"), problem(drawn));
    assertTrue(problem(arm.duplicate()).contains(" was never saved,"));
  }

  @Test
  void aStackIsRefused() {
    String message = problem(IJ.createImage("two", "RGB", 4, 4, 2));
    assertTrue(message.startsWith("two is a stack of 2 photos,"), message);
  }

  @Test
  void earlierOutlinesOfTheReaderAreKept() throws Exception {
    assertFalse(find(arm).save(anna(), OUTLINED, OUTLINES));
    assertTrue(find(arm).save(anna(), NO_ERYTHEMA, new Roi[0]));
    assertEquals("no erythema", anna().reading("arm").state);
    assertFalse(Files.exists(anna().path.resolve(".erythema.lock")));
  }

  @Test
  void anOutlineOutsideOfThePhotoIsRefused() throws Exception {
    Roi far = new Roi(4, 0, 2, 2);
    far.setName("birch");
    String message =
        assertThrows(
                Problem.class, () -> find(arm).save(anna(), OUTLINED, new Roi[] {OUTLINES[0], far}))
            .getMessage();
    assertTrue(message.startsWith("The outline birch lies outside of arm.png.\n"), message);
    assertFalse(Files.exists(anna().path));
  }

  @Test
  void anOverlayInThePhotosFileContradictsNoErythema() throws Exception {
    ImagePlus drawn = IJ.createImage("leg", "RGB", 4, 4, 1);
    drawn.setOverlay(new Overlay(OUTLINES[0]));
    String path = folder.resolve("leg.tif").toString();
    new FileSaver(drawn).saveAsTiff(path);
    ImagePlus leg = PhotoFile.open(path, path);
    String message =
        assertThrows(Problem.class, () -> find(leg).save(anna(), NO_ERYTHEMA, new Roi[0]))
            .getMessage();
    assertTrue(message.contains("contradict \"no erythema\".\nRemove them with Image > Overlay"));
    assertFalse(find(leg).save(anna(), new Reading("unusable", "dark"), new Roi[0]));
  }
}
