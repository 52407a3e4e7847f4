package erythema;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.plugin.frame.RoiManager;

/** Puts outlines where a person or a macro works with them, after what lies there already. */
final class Outlines {

  private Outlines() {}

  /** Adds outlines to the ROI Manager, which is opened where there is none, and shows them all. */
  static void addToManager(ImagePlus image, Roi[] rois) {
    RoiManager manager = RoiManager.getInstance2();
    if (manager == null) {
      manager = RoiManager.getRoiManager();
    }
    ImagePlus current = WindowManager.getTempCurrentImage();
    WindowManager.setTempCurrentImage(image);
    try {
      for (Roi roi : rois) {
        manager.add(image, roi, -1); // addRoi() also writes on images that have no window
      }
      if (image.getCanvas() != null) {
        showAll(manager, image);
      }
    } finally {
      WindowManager.setTempCurrentImage(current);
    }
  }

  /** Adds outlines to the image's overlay. */
  static void addToOverlay(ImagePlus image, Roi[] rois) {
    Overlay overlay = image.getOverlay() == null ? new Overlay() : image.getOverlay();
    for (Roi roi : rois) {
      overlay.add(roi);
    }
    image.setOverlay(overlay);
  }

  private static void showAll(RoiManager manager, ImagePlus image) {
    Roi selection = image.getRoi();
    manager.runCommand("show all with labels");
    if (selection != null) {
      image.setRoi(selection); // "Show All" takes the image's own selection away
    }
  }
}
