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
    ImagePlus image = WindowManager.getCurrentImage();
    String path = options.get("rois");
    Roi[] rois = path == null ? Outlines.of(image) : RoiSet.read("rois", path);
    String address = ServiceAddress.find(options.get("service"));
    List<Size> sizes = Size.of(address, rois);
    Measurement.addRows(ResultsTable.getResultsTable(), image, rois, sizes);
    Measurement.draw(image, rois, sizes);
    return Integer.toString(rois.length);
  }
}
