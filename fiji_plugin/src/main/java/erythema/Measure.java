package erythema;

import erythema.core.Measurement;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.RoiSet;
import erythema.core.ServiceAddress;
import erythema.core.Size;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import java.util.List;

/** Measures outlines without opening a window: for macros, headless ones too. */
public final class Measure {

  private Measure() {}

  /**
   * {@code call("erythema.Measure.run", "key=value ...")}: the sizes of outlines, which are also
   * added to the Results table.
   *
   * @param options {@code rois=[FILE]} (the current image's overlay, or its selection, where
   *     omitted), {@code service=}
   * @return the number of outlines
   */
  public static String run(String options) {
    return Call.run(() -> run(Options.parse(options, "rois=", "service=")));
  }

  private static String run(Options options) throws Problem {
    String address = ServiceAddress.find(options.get("service"));
    return Integer.toString(run(WindowManager.getCurrentImage(), options, address).size());
  }

  /** Adds a row for each outline to the Results table, and draws the diameters. */
  static List<Size> run(ImagePlus image, Options options, String address) throws Problem {
    Outlines.check(image);
    String path = options.get("rois");
    Roi[] rois = path == null ? Outlines.of(image) : RoiSet.read("rois", path);
    List<Size> sizes = Size.of(address, rois);
    Measurement.addRows(ResultsTable.getResultsTable(), image, rois, sizes);
    Measurement.draw(image, rois, sizes);
    return sizes;
  }
}
