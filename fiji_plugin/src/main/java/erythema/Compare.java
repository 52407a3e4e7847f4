package erythema;

import erythema.core.Agreement;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.RoiSet;
import erythema.core.ServiceAddress;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Roi;
import ij.measure.ResultsTable;

/** Compares outlines without opening a window: for macros, headless ones too. */
public final class Compare {

  static final String[] KEYS = {"found=", "drawn=", "service="};

  private Compare() {}

  /**
   * {@code call("erythema.Compare.run", "key=value ...")}: the agreement of two sets of outlines,
   * which is also added to the Results table.
   *
   * @param options {@code drawn=[FILE]}, {@code found=[FILE]} (the current image's outlines where
   *     omitted), {@code service=}
   * @return the Dice coefficient, from 0 to 1
   */
  public static String run(String options) {
    return Call.run(() -> run(Options.parse(options, KEYS)));
  }

  private static String run(Options options) throws Problem {
    String address = ServiceAddress.find(options.get("service"));
    return run(WindowManager.getCurrentImage(), options, address).dice();
  }

  /** Adds a row to the Results table, and draws the differences, for the photo that is shown. */
  static Agreement run(ImagePlus image, Options options, String address) throws Problem {
    Outlines.check(image);
    String path = options.get("found");
    Roi[] found = path == null ? Outlines.of(image) : RoiSet.read("found", path);
    Roi[] drawn = RoiSet.read("drawn", options.required("drawn"));
    return run(image, Outlines.shown(image, found), Outlines.shown(image, drawn), address);
  }

  private static Agreement run(ImagePlus image, Roi[] found, Roi[] drawn, String address)
      throws Problem {
    Agreement agreement = Agreement.of(address, image, found, drawn);
    agreement.addRow(ResultsTable.getResultsTable(), image);
    Agreement.drawDifferences(image, found, drawn);
    return agreement;
  }
}
