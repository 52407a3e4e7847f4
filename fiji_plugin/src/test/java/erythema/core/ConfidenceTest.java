package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.gui.Roi;
import java.awt.Color;
import org.junit.jupiter.api.Test;

class ConfidenceTest {

  private static Color color(String confidence) {
    Roi roi = new Roi(0, 0, 1, 1);
    roi.setProperty("erythema.confidence", confidence);
    Confidence.show(roi);
    return roi.getStrokeColor();
  }

  @Test
  void isGreenFromFourFifths() {
    assertEquals(Color.green, color("0.800"));
    assertEquals(Color.green, color("1.000"));
  }

  @Test
  void isBlueFromAHalf() {
    assertEquals(new Color(0, 128, 255), color("0.799"));
    assertEquals(new Color(0, 128, 255), color("0.500"));
  }

  @Test
  void isMagentaBelow() {
    assertEquals(Color.magenta, color("0.499"));
    assertEquals(Color.magenta, color("0.000"));
  }

  @Test
  void isTheColourOfSelectionsWhereNoneIsKnown() {
    assertEquals(Roi.getColor(), color(null));
  }
}
