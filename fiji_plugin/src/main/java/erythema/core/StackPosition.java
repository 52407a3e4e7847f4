package erythema.core;

import ij.ImagePlus;
import ij.gui.Roi;
import java.util.Arrays;

/** Where in a stack an ROI lies, however ImageJ noted it there. */
public final class StackPosition {

  private StackPosition() {}

  /** The slice at which an ROI is shown: the current one where it is shown at all of them. */
  public static int slice(Roi roi, ImagePlus image) {
    int current = image.getCurrentSlice();
    if (roi.hasHyperStackPosition()) {
      int[] shown = image.convertIndexToPosition(current);
      int[] own = {roi.getCPosition(), roi.getZPosition(), roi.getTPosition()};
      Arrays.setAll(shown, i -> own[i] == 0 ? shown[i] : own[i]);
      return image.getStackIndex(shown[0], shown[1], shown[2]);
    }
    return roi.getPosition() == 0 ? current : Math.min(roi.getPosition(), image.getStackSize());
  }

  /** Whether an ROI lies on the photo that is shown, in whichever of its channels. */
  public static boolean isShown(Roi roi, ImagePlus image) {
    int[] own = image.convertIndexToPosition(slice(roi, image));
    int[] shown = image.convertIndexToPosition(image.getCurrentSlice());
    return own[1] == shown[1] && own[2] == shown[2];
  }

  /** Whether an ROI is shown at some slices alone. */
  static boolean isNoted(Roi roi) {
    return roi.hasHyperStackPosition() || roi.getPosition() != 0;
  }

  /** Puts an ROI where another one is. */
  static void copy(Roi from, Roi to) {
    if (from.hasHyperStackPosition()) {
      to.setPosition(from.getCPosition(), from.getZPosition(), from.getTPosition());
    } else {
      to.setPosition(from.getPosition());
    }
  }
}
