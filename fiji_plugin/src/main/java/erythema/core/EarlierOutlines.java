package erythema.core;

import ij.gui.Roi;
import ij.process.ImageProcessor;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** What the network found earlier in a photo, among outlines that may be anyone's. */
public final class EarlierOutlines {

  private static final String GIVEN_NAME = "erythema \\d+(-\\d+)?";
  private static final double SAME = 0.5;

  private final List<Roi> unedited = new ArrayList<>();
  private final List<Roi> edited = new ArrayList<>();

  /**
   * @param inPhoto whether an outline was found in the photo that is meant
   */
  public EarlierOutlines(Roi[] present, Predicate<Roi> inPhoto) {
    for (Roi roi : present) {
      if (Provenance.isOurs(roi) && inPhoto.test(roi)) {
        (Provenance.isUnedited(roi) ? unedited : edited).add(roi);
      }
    }
  }

  /** Those that are as the network found them. */
  public List<Roi> unedited() {
    return unedited;
  }

  /** How many are a person's work: changed, or named and not found again. */
  public int edited() {
    return edited.size();
  }

  public boolean isEmpty() {
    return unedited.isEmpty() && edited.isEmpty();
  }

  /** The one around a pixel, or null. */
  public Roi at(int x, int y) {
    List<Roi> all = new ArrayList<>(edited);
    all.addAll(unedited);
    return around(x, y, all.toArray(new Roi[0]));
  }

  /** The first of some outlines around a pixel, or null. */
  public static Roi around(int x, int y, Roi[] outlines) {
    return Arrays.stream(outlines).filter(roi -> roi.contains(x, y)).findFirst().orElse(null);
  }

  /**
   * A name that a person gave goes to the found outline that overlaps its own most. Where there is
   * none, the outline itself is a person's work as an edited one is.
   */
  public void passNamesTo(Roi[] found) {
    List<Roi> nameless = new ArrayList<>(Arrays.asList(found));
    for (Roi earlier : new ArrayList<>(unedited)) {
      if (String.valueOf(earlier.getName()).matches(GIVEN_NAME)) {
        continue;
      }
      Roi same = mostLike(earlier, nameless);
      if (same == null) {
        unedited.removeIf(roi -> roi == earlier);
        edited.add(earlier);
      } else {
        same.setName(earlier.getName());
        nameless.removeIf(roi -> roi == same);
      }
    }
  }

  private static Roi mostLike(Roi earlier, List<Roi> found) {
    Roi best = null;
    double most = SAME;
    for (Roi roi : found) {
      boolean samePhoto = Provenance.photo(earlier).equals(Provenance.photo(roi));
      double overlap = samePhoto ? overlap(earlier, roi) : 0;
      if (overlap >= most) {
        best = roi;
        most = overlap;
      }
    }
    return best;
  }

  /** Pixels in both outlines by pixels in either. */
  static double overlap(Roi a, Roi b) {
    Rectangle both = a.getBounds().intersection(b.getBounds());
    if (both.isEmpty()) {
      return 0;
    }
    int shared = 0;
    ImageProcessor inA = a.getMask();
    ImageProcessor inB = b.getMask();
    for (int y = both.y; y < both.y + both.height; y++) {
      for (int x = both.x; x < both.x + both.width; x++) {
        shared += has(a, inA, x, y) && has(b, inB, x, y) ? 1 : 0;
      }
    }
    return shared / (double) (pixels(a, inA) + pixels(b, inB) - shared);
  }

  private static boolean has(Roi roi, ImageProcessor mask, int x, int y) {
    Rectangle bounds = roi.getBounds();
    return mask == null || mask.get(x - bounds.x, y - bounds.y) != 0;
  }

  private static int pixels(Roi roi, ImageProcessor mask) {
    Rectangle bounds = roi.getBounds();
    return bounds.width * bounds.height - (mask == null ? 0 : mask.getHistogram()[0]);
  }
}
