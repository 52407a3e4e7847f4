package erythema;

import erythema.core.Agreement;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.RoiSet;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Compare outlines...: the agreement of two sets of outlines of one photo. */
public class CompareOutlines extends Command {

  public CompareOutlines() {
    super("Compare outlines...", "found=", "drawn=", "service=");
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    Outlines.check(image);
    GenericDialog dialog = new GenericDialog("Compare outlines");
    dialog.addMessage("Found: the outlines that lie on this photo, where no file is named.");
    dialog.addFileField("Found:", "");
    dialog.addFileField("Drawn:", "");
    dialog.showDialog();
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
    options.set("found", dialog.getNextString());
    options.set("drawn", dialog.getNextString());
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    Outlines.check(image);
    String file = options.get("found");
    Roi[] found = file == null ? Outlines.of(image) : RoiSet.read("found", file);
    Roi[] drawn = RoiSet.read("drawn", options.required("drawn"));
    Agreement agreement = service.ask(address -> Agreement.of(address, image, found, drawn));
    ResultsTable table = ResultsTable.getResultsTable();
    agreement.addRow(table, image);
    Agreement.drawDifferences(image, found, drawn);
    if (!GraphicsEnvironment.isHeadless()) {
      table.show("Results");
    }
  }
}
