package erythema;

import erythema.Problem.Canceled;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Compare outlines...: the agreement of two sets of outlines of one photo. */
public class CompareOutlines extends Command {

  public CompareOutlines() {
    super("Compare outlines...", "found", "drawn", "service");
  }

  @Override
  void run(ImagePlus image, Options options, Service service) throws Problem {
    Outlines.check(image);
    String found = options.get("found");
    String drawn = options.get("drawn");
    if (drawn == null) {
      GenericDialog dialog = new GenericDialog("Compare outlines");
      dialog.addMessage("Found: the outlines that lie on this photo, where no file is named.");
      dialog.addFileField("Found:", "");
      dialog.addFileField("Drawn:", "");
      dialog.showDialog();
      if (dialog.wasCanceled()) {
        throw new Canceled();
      }
      found = dialog.getNextString();
      drawn = dialog.getNextString();
    }
    Roi[] ours =
        found == null || found.isEmpty() ? Outlines.of(image) : RoiSet.read("found", found);
    Roi[] theirs = RoiSet.read("drawn", drawn);
    Agreement agreement = service.ask(address -> Agreement.of(address, image, ours, theirs));
    ResultsTable table = ResultsTable.getResultsTable();
    agreement.addRow(table, image);
    Agreement.drawDifferences(image, ours, theirs);
    if (!GraphicsEnvironment.isHeadless()) {
      table.show("Results");
    }
  }
}
