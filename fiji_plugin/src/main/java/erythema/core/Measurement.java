package erythema.core;

import ij.ImagePlus;
import ij.gui.Line;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/** Puts the sizes of outlines into the Results table, and draws their diameters. */
public final class Measurement {

  private static final Color LONGEST = Color.yellow;
  private static final Color ORTHOGONAL = Color.cyan;

  private Measurement() {}

  /**
   * Adds a row for each outline, in the image's unit; in pixels where its pixels are not square,
   * because the service knows nothing of them.
   */
  public static void addRows(ResultsTable table, ImagePlus image, Roi[] rois, List<Size> sizes) {
    Calibration calibration = image.getCalibration();
    boolean square = calibration.pixelWidth == calibration.pixelHeight;
    double scale = square ? calibration.pixelWidth : 1;
    String unit = square ? calibration.getUnits() : "pixels";
    for (int i = 0; i < rois.length; i++) {
      Size size = sizes.get(i);
      table.incrementCounter();
      table.addLabel(image.getTitle());
      table.addValue("Name", name(rois[i]));
      table.addValue("Area", size.area * scale * scale);
      table.addValue("Longest diameter", size.longest * scale);
      table.addValue("Orthogonal diameter", size.orthogonal * scale);
      table.addValue("Mean diameter", size.mean * scale);
      table.addValue("Unit", unit);
    }
  }

  /** Draws both diameters of each outline into the image's overlay, in place of older ones. */
  public static void draw(ImagePlus image, Roi[] rois, List<Size> sizes) {
    List<Roi> diameters = new ArrayList<>();
    for (int i = 0; i < rois.length; i++) {
      diameters.add(diameter(rois[i], " D", sizes.get(i).longestEnds, LONGEST));
      diameters.add(diameter(rois[i], " d", sizes.get(i).orthogonalEnds, ORTHOGONAL));
    }
    Overlays.draw(image, "diameter", diameters);
  }

  private static Line diameter(Roi outline, String which, double[] ends, Color color) {
    Line line = new Line(ends[0], ends[1], ends[2], ends[3]);
    line.setName((name(outline) + which).trim());
    line.setStrokeColor(color);
    StackPosition.copy(outline, line);
    return line;
  }

  private static String name(Roi outline) {
    return outline.getName() == null ? "" : outline.getName();
  }
}
