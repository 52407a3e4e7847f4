package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import ij.gui.Roi;
import ij.process.FloatProcessor;
import java.awt.Rectangle;
import org.junit.jupiter.api.Test;

class ThresholdLineTest {

  private static final float H = 0.75f;

  /** A pixel; and a ring of eight around a hole. */
  private static final float[][] PIXELS = {
    {H, 0, 0, 0, 0, 0},
    {0, 0, H, H, H, 0},
    {0, 0, H, 0, H, 0},
    {0, 0, H, H, 1, 0},
    {0, 0, 0, 0, 0, 0},
  };

  private static Roi line(double threshold, double smallest) {
    float[] rows = new float[30];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = PIXELS[i / 6][i % 6];
    }
    return ThresholdLine.of(new FloatProcessor(6, 5, rows), threshold, smallest);
  }

  @Test
  void runsAroundThePixelsThatReachTheThreshold() {
    assertEquals(new Rectangle(4, 3, 1, 1), line(0.8, 0).getBounds());
    assertEquals(new Rectangle(0, 0, 5, 4), line(H, 0).getBounds());
  }

  @Test
  void leavesSmallRegionsOut() {
    assertEquals(new Rectangle(2, 1, 3, 3), line(H, 2).getBounds());
  }

  @Test
  void countsAHoleAsPartOfItsRegion() {
    assertEquals(9, line(H, 9).getContainedPoints().length);
    assertNull(line(H, 9.5));
  }

  @Test
  void isNoneWhereNothingReachesTheThreshold() {
    assertNull(line(1.5, 0));
  }
}
