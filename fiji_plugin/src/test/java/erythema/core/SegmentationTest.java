package erythema.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.process.ColorProcessor;
import java.io.File;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a photo of 8 x 4 pixels. */
class SegmentationTest {

  private final ImagePlus image = new ImagePlus("arm", new ColorProcessor(8, 4));

  @TempDir Path folder;

  /** An outline of 4 x 4 pixels that was found when the whole photo was segmented. */
  private Roi found(int x) throws Problem {
    float[] xs = {x, x + 4, x + 4, x};
    float[] ys = {0, 0, 4, 4};
    Roi roi = new PolygonRoi(xs, ys, Roi.POLYGON);
    Photo.of(image).place(roi);
    return roi;
  }

  private Segmentation identified() throws Problem {
    Segmentation segmentation = new Segmentation(image, Options.parse(""));
    segmentation.identify();
    return segmentation;
  }

  @Test
  void itCoversAllOutlinesOfAWholePhoto() throws Problem {
    Roi left = found(0);
    Roi right = found(4);
    assertTrue(identified().covers(left));
    assertTrue(identified().covers(right));
  }

  @Test
  void itCoversNoOutlineOutsideOfTheSelection() throws Problem {
    Roi left = found(0);
    Roi right = found(4);
    image.setRoi(0, 0, 5, 4);
    assertTrue(identified().covers(left));
    assertFalse(identified().covers(right)); // a quarter of it is inside
    assertTrue(identified().isOfPhoto(right));
  }

  @Test
  void itCoversNoOutlineOfAnotherPhoto() throws Problem {
    Roi left = found(0);
    image.getProcessor().set(0, 0, 0xff0000);
    assertFalse(identified().covers(left));
  }

  @Test
  void aSetInCapitalsIsOneInAnyLanguage() throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr")); // its small I has no dot
    try {
      File set = folder.resolve("ARM.ZIP").toFile();
      Options options = Options.parse("output=[" + set + "]", "output=");
      new Segmentation(image, options).save(new Roi[] {found(0)});
      assertTrue(set.isFile());
    } finally {
      Locale.setDefault(before);
    }
  }
}
