package erythema;

import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Segmentation;
import ij.ImagePlus;
import ij.gui.Roi;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Segment erythema: the current photo's outlines go to the ROI Manager. */
public class SegmentErythema extends Command {

  public SegmentErythema() {
    super("Segment erythema", "service=", "network=", "threshold=", "smallest=", "output=");
  }

  @Override
  void run(ImagePlus image, Options options, Service service) throws Problem {
    Segmentation segmentation = new Segmentation(image, options);
    Roi[] rois = service.ask(segmentation::outlines);
    if (GraphicsEnvironment.isHeadless()) {
      Outlines.addToOverlay(image, rois);
    } else if (rois.length > 0) {
      Outlines.addToManager(image, rois);
    }
    segmentation.save(rois);
  }
}
