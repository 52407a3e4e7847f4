package erythema;

import ij.ImagePlus;
import ij.gui.Roi;
import java.lang.ref.WeakReference;

/** What was taken out of the ROI Manager last, and of which image, which may be closed since. */
final class TakenOut {

  private static final Roi[] NONE = {};

  private WeakReference<ImagePlus> image = new WeakReference<>(null);
  private Roi[] rois = NONE;

  synchronized void remember(ImagePlus image, Roi[] rois) {
    this.image = new WeakReference<>(image);
    this.rois = rois;
    for (Roi roi : rois) {
      roi.setImage(null); // it would keep the image in memory
    }
  }

  /** What was taken out of an image, once; nothing where it was another image. */
  synchronized Roi[] giveBack(ImagePlus image) {
    if (image != this.image.get()) {
      return NONE;
    }
    Roi[] back = rois;
    rois = NONE;
    return back;
  }
}
