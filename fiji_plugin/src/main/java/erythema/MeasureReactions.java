package erythema;

import erythema.core.Options;
import erythema.core.Problem;
import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Measure reactions: sizes to the Results table, diameters to the overlay. */
public class MeasureReactions extends Command {

  public MeasureReactions() {
    super("Measure reactions", "service=");
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    service.ask(address -> Measure.run(image, options, address));
    if (!GraphicsEnvironment.isHeadless()) {
      ResultsTable.getResultsTable().show("Results");
    }
  }
}
