package erythema.core;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.gui.ShapeRoi;
import ij.plugin.filter.ThresholdToSelection;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.Polygon;
import java.awt.geom.GeneralPath;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
    List<Polygon> lines = new ArrayList<>();
    for (Roi part : parts(all)) {
      lines.add(part.getPolygon());
    }
    lines.removeIf(line -> area(line) < smallest);
    lines.sort(Comparator.comparingDouble(ThresholdLine::area).reversed());
    GeneralPath kept = new GeneralPath();
    for (Polygon line : lines) {
      if (!kept.contains(pixelInside(line))) { // a hole, or what lies in one
        kept.append(line, false);
      }
    }
    return lines.isEmpty() ? null : new ShapeRoi(kept);
  }

  private static Roi[] parts(Roi all) {
    if (all == null) {
      return new Roi[0];
    }
    return all instanceof PolygonRoi ? new Roi[] {all} : new ShapeRoi(all).getRois();
  }

  private static double area(Polygon line) {
    double twice = 0;
    for (int i = 0; i < line.npoints; i++) {
      int next = (i + 1) % line.npoints;
      twice += (double) line.xpoints[i] * line.ypoints[next];
      twice -= (double) line.xpoints[next] * line.ypoints[i];
    }
    return Math.abs(twice) / 2;
  }

  /** The centre of the pixel below the leftmost of its topmost corners. */
  private static Point2D pixelInside(Polygon line) {
    int first = 0;
    for (int i = 1; i < line.npoints; i++) {
      boolean higher = line.ypoints[i] < line.ypoints[first];
      boolean beside = line.ypoints[i] == line.ypoints[first];
      if (higher || beside && line.xpoints[i] < line.xpoints[first]) {
        first = i;
      }
    }
    return new Point2D.Double(line.xpoints[first] + 0.5, line.ypoints[first] + 0.5);
  }
}
