package erythema.core;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.gui.ShapeRoi;
import ij.plugin.filter.ThresholdToSelection;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.Polygon;
import java.awt.geom.GeneralPath;

/** ImageJ's own line around the pixels that reach a threshold: near to what the service finds. */
public final class ThresholdLine {

  private ThresholdLine() {}

  /**
   * The lines around regions, without their holes, or null where there are none.
   *
   * @param smallest pixels inside the line, below which a region is left out
   */
  public static Roi of(FloatProcessor probability, double threshold, double smallest) {
    FloatProcessor limited = (FloatProcessor) probability.duplicate();
    limited.setThreshold(threshold, Float.MAX_VALUE, ImageProcessor.NO_LUT_UPDATE);
    Roi all = new ThresholdToSelection().convert(limited);
    GeneralPath kept = new GeneralPath();
    for (Roi part : parts(all)) {
      Polygon line = part.getPolygon();
      if (areaOnTheRight(line) >= smallest) {
        kept.append(line, false);
      }
    }
    return kept.getCurrentPoint() == null ? null : new ShapeRoi(kept);
  }

  private static Roi[] parts(Roi all) {
    if (all == null) {
      return new Roi[0];
    }
    return all instanceof PolygonRoi ? new Roi[] {all} : new ShapeRoi(all).getRois();
  }

  /** Pixels inside a line; negative for the line of a hole, which ImageJ draws the other way. */
  private static double areaOnTheRight(Polygon line) {
    double twice = 0;
    for (int i = 0; i < line.npoints; i++) {
      int next = (i + 1) % line.npoints;
      twice += (double) line.xpoints[i] * line.ypoints[next];
      twice -= (double) line.xpoints[next] * line.ypoints[i];
    }
    return twice / 2;
  }
}
