package erythema.core;

import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import java.util.List;

/** What the plugin puts into images' overlays, beside what a person has there. */
public final class Overlays {

  private static final String MARK = "erythema.mark";

  private Overlays() {}

  /** Adds ROIs to an image's overlay, which it gets where it has none. */
  public static void add(ImagePlus image, List<Roi> rois) {
    Overlay overlay = image.getOverlay() == null ? new Overlay() : image.getOverlay();
    rois.forEach(overlay::add);
    image.setOverlay(overlay);
  }

  /**
   * Draws marks in place of earlier ones of the same kind; names do not tell them from a person's.
   */
  static void draw(ImagePlus image, String kind, List<Roi> marks) {
    Overlay overlay = image.getOverlay();
    for (int i = overlay == null ? 0 : overlay.size(); i-- > 0; ) {
      if (kind.equals(overlay.get(i).getProperty(MARK))) {
        overlay.remove(i);
      }
    }
    marks.forEach(mark -> mark.setProperty(MARK, kind));
    add(image, marks);
  }

  /** Whether the plugin drew it to show something, and it is no outline. */
  static boolean isMark(Roi roi) {
    return roi.getProperty(MARK) != null;
  }
}
