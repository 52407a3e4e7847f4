package erythema.core;

import ij.ImagePlus;
import ij.gui.Line;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import java.awt.Color;
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
      table.addValue("Name", String.valueOf(rois[i].getName()));
      table.addValue("Area", size.area * scale * scale);
      table.addValue("Longest diameter", size.longest * scale);
      table.addValue("Orthogonal diameter", size.orthogonal * scale);
      table.addValue("Mean diameter", size.mean * scale);
      table.addValue("Unit", unit);
    }
  }

  /** Draws both diameters of each outline into the image's overlay, in place of older ones. */
  public static void draw(ImagePlus image, Roi[] rois, List<Size> sizes) {
    Overlay overlay = image.getOverlay() == null ? new Overlay() : image.getOverlay();
    for (int i = 0; i < rois.length; i++) {
      String name = String.valueOf(rois[i].getName());
      put(overlay, name + " D", sizes.get(i).longestEnds, LONGEST);
      put(overlay, name + " d", sizes.get(i).orthogonalEnds, ORTHOGONAL);
    }
    image.setOverlay(overlay);
  }

  private static void put(Overlay overlay, String name, double[] ends, Color color) {
    overlay.remove(name);
    Line line = new Line(ends[0], ends[1], ends[2], ends[3]);
    line.setName(name);
    line.setStrokeColor(color);
    overlay.add(line);
  }
}
