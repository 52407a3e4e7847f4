package erythema;

import erythema.core.Measurement;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Size;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;
import java.util.List;

/** Plugins > Erythema > Measure reactions: sizes to the Results table, diameters to the overlay. */
public class MeasureReactions extends Command {

  public MeasureReactions() {
    super("Measure reactions", "service=");
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    Roi[] rois = Outlines.of(image);
    List<Size> sizes = service.ask(address -> Size.of(address, rois));
    ResultsTable table = ResultsTable.getResultsTable();
    Measurement.addRows(table, image, rois, sizes);
    Measurement.draw(image, rois, sizes);
    if (!GraphicsEnvironment.isHeadless()) {
      table.show("Results");
    }
  }
}
