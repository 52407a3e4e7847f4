package erythema;

import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Compare outlines...: the agreement of two sets of outlines of one photo. */
public class CompareOutlines extends Command {

  public CompareOutlines() {
    super("Compare outlines...", Compare.KEYS);
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
    service.ask(address -> Compare.run(image, options, address));
    if (!GraphicsEnvironment.isHeadless()) {
      ResultsTable.getResultsTable().show("Results");
    }
  }
}
