package erythema.core;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.process.FloatPolygon;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Where an outline comes from, as its properties say. */
public final class Provenance {

  private static final String SOURCE = "erythema.source";
  private static final String ROLE = "erythema.role";
  private static final String DIGEST = "erythema.digest";
  private static final String PHOTO = "erythema.photo";

  private Provenance() {}

  /** Whether a network found it; a person may have changed it since. */
  public static boolean isOurs(Roi roi) {
    return "model".equals(roi.getProperty(SOURCE));
  }

  /** Whether it is as the network found it: ImageJ itself keeps no note of a dragged corner. */
  public static boolean isUnedited(Roi roi) {
    boolean polygon = roi instanceof PolygonRoi && roi.getType() == Roi.POLYGON;
    return polygon && digest(roi).equals(roi.getProperty(DIGEST));
  }

  /** SHA-256 of its corners in the image, as the service computes it of a polygon. */
  public static String digest(Roi roi) {
    FloatPolygon corners = roi.getFloatPolygon();
    ByteBuffer bytes = ByteBuffer.allocate(2 * Float.BYTES * corners.npoints);
    for (int i = 0; i < corners.npoints; i++) {
      bytes.putFloat(corners.xpoints[i]).putFloat(corners.ypoints[i]);
    }
    MessageDigest digest = sha256();
    digest.update("polygon".getBytes(StandardCharsets.US_ASCII));
    StringBuilder text = new StringBuilder();
    for (byte b : digest.digest(bytes.array())) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }

  /** Whether two outlines are of one type and have the same corners. */
  public static boolean isSame(Roi a, Roi b) {
    return a.getType() == b.getType() && digest(a).equals(digest(b));
  }

  /** The {@link #digest} that it had when the network found it, or null. */
  static String foundDigest(Roi roi) {
    return roi.getProperty(DIGEST);
  }

  /** Makes it count as unedited as it is now. */
  public static void seal(Roi roi) {
    roi.setProperty(DIGEST, digest(roi));
  }

  /**
   * Copies of outlines, each with a note of whose work it is: a network's, a reader's correction of
   * that, or a reader's.
   */
  static Roi[] signed(Roi[] outlines) {
    Roi[] copies = new Roi[outlines.length];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = plain(RoiSet.copy(outlines[i]));
      if (copies[i].getProperty(SOURCE) == null) {
        copies[i].setProperty(SOURCE, "reader");
      } else if (isOurs(copies[i]) && !isUnedited(copies[i])) {
        copies[i].setProperty(SOURCE, "corrected");
      }
      if (copies[i].getProperty(ROLE) == null) {
        copies[i].setProperty(ROLE, "erythema");
      }
    }
    return copies;
  }

  /** Its corners, where a spline or rounded corners are drawn through them. */
  private static Roi plain(Roi outline) {
    boolean spline = outline instanceof PolygonRoi && ((PolygonRoi) outline).isSplineFit();
    if (!spline && outline.getCornerDiameter() == 0) {
      return outline;
    }
    Roi plain = new PolygonRoi(outline.getFloatPolygon(), Roi.POLYGON);
    plain.copyAttributes(outline);
    plain.setName(outline.getName());
    plain.setProperties(outline.getProperties());
    return plain;
  }

  /** The {@link Photo#key} of the photo that it was found in, or null where none is noted. */
  public static String photo(Roi roi) {
    return roi.getProperty(PHOTO);
  }

  static void setPhoto(Roi roi, String key) {
    roi.setProperty(PHOTO, key);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing); // every Java has it
    }
  }
}
