package erythema;

import erythema.core.Overlays;
import erythema.core.Problem;
import erythema.core.RoiSet;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.plugin.frame.RoiManager;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The outlines that a person or a macro works with. */
final class Outlines {

  private Outlines() {}

  /** Adds copies of outlines to the image's overlay. */
  static void addToOverlay(ImagePlus image, Roi[] rois) {
    Overlays.add(
        image, Arrays.stream(rois).map(roi -> (Roi) roi.clone()).collect(Collectors.toList()));
  }

  /**
   * The outlines that a person means: those selected in the ROI Manager, else all there, else those
   * of the image's overlay, else the image's selection. Lines and points are no outlines.
   */
  static Roi[] of(ImagePlus image) throws Problem {
    check(image);
    RoiManager manager = RoiManager.getInstance2();
    Roi[] found = manager == null ? new Roi[0] : RoiSet.outlines(manager.getSelectedRoisAsArray());
    if (found.length == 0 && image.getOverlay() != null) {
      found = RoiSet.outlines(image.getOverlay().toArray());
    }
    if (found.length == 0 && image.getRoi() != null) {
      found = RoiSet.outlines(new Roi[] {image.getRoi()});
    }
    if (found.length == 0) {
      throw new Problem(
          "There are no outlines.\nRun Segment erythema, or draw one with the polygon tool");
    }
    return found;
  }

  /** The image, which must be there. */
  static ImagePlus check(ImagePlus image) throws Problem {
    if (image == null) {
      throw new Problem("There are no images open.\nOpen the photo of the outlines first");
    }
    return image;
  }
}
