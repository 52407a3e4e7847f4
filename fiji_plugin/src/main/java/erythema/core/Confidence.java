package erythema.core;

import ij.gui.Roi;
import java.awt.Color;

/**
 * How sure the network is that a reader would draw the same outline, as the colour of its line:
 * green from 0.8, blue from 0.5, magenta below. Where the network says nothing, as at a threshold
 * other than its own, the line has ImageJ's colour of selections, yellow.
 */
public final class Confidence {

  static final Color SURE = Color.green;
  static final Color PROBABLE = new Color(0, 128, 255);
  static final Color DOUBTFUL = Color.magenta;

  private static final String PROPERTY = "erythema.confidence";

  private Confidence() {}

  /** Colours an outline's line. */
  public static void show(Roi outline) {
    String confidence = outline.getProperty(PROPERTY);
    outline.setStrokeColor(
        confidence == null ? Roi.getColor() : color(Double.parseDouble(confidence)));
  }

  private static Color color(double confidence) {
    return confidence >= 0.8 ? SURE : confidence >= 0.5 ? PROBABLE : DOUBTFUL;
  }
}
