package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import ij.ImagePlus;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import org.junit.jupiter.api.Test;

/** A photo of 4 x 3 pixels, of which a part may be selected. */
class PhotoSelectionTest {

  private final ImagePlus image = new ImagePlus("arm", new ColorProcessor(4, 3));

  private float[] whole(float... probability) throws Problem {
    Photo photo = Photo.of(image);
    int width = image.getRoi() == null ? 4 : image.getRoi().getBounds().width;
    FloatProcessor sent = new FloatProcessor(width, probability.length / width, probability);
    return (float[]) photo.place(sent).getPixels();
  }

  @Test
  void theProbabilityOfARectangleIsZeroAroundIt() throws Problem {
    image.setRoi(new Roi(1, 1, 2, 2));
    float[] expected = {0, 0, 0, 0, 0, 0.1f, 0.2f, 0, 0, 0.3f, 0.4f, 0};
    assertArrayEquals(expected, whole(0.1f, 0.2f, 0.3f, 0.4f));
  }

  @Test
  void theProbabilityOfAnotherShapeIsZeroOutsideOfIt() throws Problem {
    int[] xs = {0, 2, 2, 1, 1, 0};
    int[] ys = {0, 0, 1, 1, 2, 2};
    image.setRoi(new PolygonRoi(xs, ys, 6, Roi.POLYGON)); // 2 x 2 without the last
    float[] expected = {0.1f, 0.2f, 0, 0, 0.3f, 0, 0, 0, 0, 0, 0, 0};
    assertArrayEquals(expected, whole(0.1f, 0.2f, 0.3f, 0.4f));
  }

  @Test
  void theProbabilityOfAWholePhotoStaysAsItIs() throws Problem {
    FloatProcessor probability = new FloatProcessor(4, 3);
    assertSame(probability, Photo.of(image).place(probability));
  }

  @Test
  void aFoundOutlineThatIsSelectedIsNoPart() throws Problem {
    Roi outline = new Roi(1, 1, 2, 2);
    outline.setProperty("erythema.source", "model");
    image.setRoi(outline);
    assertNull(Photo.selection(image));
    assertEquals(12, Photo.of(image).size());
  }
}
