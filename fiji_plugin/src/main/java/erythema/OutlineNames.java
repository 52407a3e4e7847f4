package erythema;

import erythema.core.Provenance;
import erythema.core.RoiSet;
import ij.ImagePlus;
import ij.gui.Roi;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of the outlines in the ROI Manager. Each has one of its own there: a selection is a
 * copy, and its name tells of which outline.
 */
final class OutlineNames {

  private static final String STANDARD = "\\d+(-\\d+)+"; // as ImageJ names ROIs

  private OutlineNames() {}

  /** Names what came unnamed, and what has the name of an outline before it. */
  static void mend(Manager manager, ImagePlus image) {
    Set<String> taken = new HashSet<>();
    for (Roi roi : RoiSet.outlines(Manager.rois())) {
      String name = roi.getName();
      if (name.matches(STANDARD)) {
        set(manager, image, roi, free());
      } else if (taken.contains(name)) {
        set(manager, image, roi, free(name + " ", 2));
      }
      taken.add(roi.getName());
    }
  }

  /** Names an outline, and the selection that shows it. */
  static void set(Manager manager, ImagePlus image, Roi outline, String name) {
    Roi selection = image.getRoi();
    boolean shown =
        selection != null && selection.isArea() && Provenance.isSame(selection, outline);
    manager.rename(outline, name);
    if (shown) {
      selection.setName(name);
    }
  }

  /** A name for a new outline. */
  static String free() {
    return free("erythema ", 1);
  }

  private static String free(String stem, int first) {
    Set<String> taken = new HashSet<>();
    for (Roi roi : Manager.rois()) {
      taken.add(roi.getName());
    }
    int number = first;
    while (taken.contains(stem + number)) {
      number++;
    }
    return stem + number;
  }
}
