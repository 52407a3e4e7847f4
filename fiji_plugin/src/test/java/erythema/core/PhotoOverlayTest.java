package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PhotoOverlayTest {

  private static final int GREY = 0x808080;

  private static BufferedImage draw(int width, int height, Roi... outlines) throws Exception {
    int[] pixels = new int[width * height];
    Arrays.fill(pixels, GREY);
    byte[] jpeg = PhotoOverlay.jpeg(pixels, width, height, outlines);
    return ImageIO.read(new ByteArrayInputStream(jpeg));
  }

  private static Roi square(float left, float top, float right, float bottom) {
    float[] x = {left, right, right, left};
    float[] y = {top, top, bottom, bottom};
    return new PolygonRoi(x, y, Roi.POLYGON);
  }

  private static boolean isYellow(BufferedImage picture, int x, int y) {
    int pixel = picture.getRGB(x, y);
    return (pixel >> 16 & 255) > 180 && (pixel & 255) < 90;
  }

  @Test
  void withoutOutlinesItIsThePhoto() throws Exception {
    BufferedImage picture = draw(40, 30);
    assertEquals(40, picture.getWidth());
    assertEquals(30, picture.getHeight());
    assertEquals(0x80, picture.getRGB(20, 15) & 255, 3);
  }

  @Test
  void aLineIsOneFourHundredthOfTheLongerSideAndLiesOnTheOutline() throws Exception {
    BufferedImage picture = draw(1600, 100, square(100, 10, 1500, 90)); // a line of 4 pixels
    assertTrue(isYellow(picture, 98, 50));
    assertTrue(isYellow(picture, 101, 50));
    assertEquals(0x80, picture.getRGB(90, 50) & 255, 8);
    assertEquals(0x80, picture.getRGB(110, 50) & 255, 8);
  }

  @Test
  void eachOutlineHasItsNumberFromTheMiddleOn() throws Exception {
    Roi far = square(0, 0, 1, 1);
    Roi[] twelve = new Roi[12];
    Arrays.fill(twelve, far);
    twelve[11] = square(600, 20, 1000, 80);
    BufferedImage picture = draw(1600, 100, twelve); // 8 pixels a unit; the middle is (800, 50)
    assertTrue(isYellow(picture, 808, 40), "the upright of a 1");
    assertTrue(isYellow(picture, 836, 50), "the foot of a 2");
    assertEquals(0x80, picture.getRGB(828, 26) & 255, 8, "a 2 has no upper left side");
  }
}
