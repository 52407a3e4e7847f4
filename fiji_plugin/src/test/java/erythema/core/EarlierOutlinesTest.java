package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EarlierOutlinesTest {

  /** A square that the network found in the photo "arm". */
  private static Roi found(String name, int x, int y, int side) {
    float[] xs = {x, x + side, x + side, x};
    float[] ys = {y, y, y + side, y + side};
    Roi roi = new PolygonRoi(xs, ys, Roi.POLYGON);
    roi.setName(name);
    roi.setProperty("erythema.source", "model");
    Provenance.setPhoto(roi, "arm");
    Provenance.seal(roi);
    return roi;
  }

  private static EarlierOutlines among(Roi... present) {
    return new EarlierOutlines(present, roi -> "arm".equals(Provenance.photo(roi)));
  }

  private static String nameAfter(Roi earlier, Roi found) {
    among(earlier).passNamesTo(new Roi[] {found});
    return found.getName();
  }

  @Test
  void areThoseThatTheNetworkFoundInThisPhoto() {
    Roi ours = found("erythema 1", 0, 0, 4);
    Roi drawn = new Roi(0, 0, 4, 4);
    Roi ofOther = found("erythema 1", 0, 0, 4);
    Provenance.setPhoto(ofOther, "leg");
    assertEquals(Arrays.asList(ours), among(drawn, ofOther, ours).unedited());
  }

  @Test
  void countsWhatAPersonMoved() {
    Roi moved = found("erythema 1", 0, 0, 4);
    moved.setLocation(1.0, 0.0);
    assertEquals(1, among(moved).edited());
    assertEquals(Arrays.asList(), among(moved).unedited());
  }

  @Test
  void aColouredLineIsNoEdit() {
    Roi roi = found("erythema 1", 0, 0, 4);
    roi.setProperty("erythema.confidence", "0.9");
    Confidence.show(roi);
    assertEquals(0, among(roi).edited());
  }

  @Test
  void aGivenNameGoesToTheOutlineAtItsPlace() {
    // 12 of 16 + 16 - 12 pixels are shared: 0.6
    assertEquals("left 3", nameAfter(found("left 3", 0, 0, 4), found("erythema 2", 1, 0, 4)));
  }

  @Test
  void anOutlineThatOverlapsLessThanHalfGetsNoName() {
    // 8 of 16 + 16 - 8 pixels are shared: a third
    assertEquals("erythema 2", nameAfter(found("left 3", 0, 0, 4), found("erythema 2", 2, 0, 4)));
  }

  @Test
  void theServicesOwnNamesAreNotPassedOn() {
    assertEquals(
        "erythema 2", nameAfter(found("erythema 7", 0, 0, 4), found("erythema 2", 0, 0, 4)));
  }

  @Test
  void theMostLikeOfTwoGetsTheName() {
    Roi near = found("erythema 1", 1, 0, 4);
    Roi same = found("erythema 2", 0, 0, 4);
    among(found("left 3", 0, 0, 4)).passNamesTo(new Roi[] {near, same});
    assertEquals("erythema 1", near.getName());
    assertEquals("left 3", same.getName());
  }

  @Test
  void twoThatBecameOneGiveItTheFirstName() {
    Roi both = found("erythema 1", 0, 0, 4);
    among(found("left 3", 0, 0, 4), found("left 4", 0, 0, 4)).passNamesTo(new Roi[] {both});
    assertEquals("left 3", both.getName());
  }

  @Test
  void aNamedOutlineThatWasNotFoundAgainIsAPersonsWork() {
    EarlierOutlines earlier = among(found("left 3", 0, 0, 4), found("erythema 2", 9, 9, 4));
    earlier.passNamesTo(new Roi[0]);
    assertEquals(1, earlier.edited());
    assertEquals("erythema 2", earlier.unedited().get(0).getName());
  }

  @Test
  void aNameStaysInItsPhoto() {
    Roi inOther = found("erythema 2", 0, 0, 4);
    Provenance.setPhoto(inOther, "leg");
    assertEquals("erythema 2", nameAfter(found("left 3", 0, 0, 4), inOther));
  }

  @Test
  void aPixelIsInsideOneOrNone() {
    Roi left = found("erythema 1", 0, 0, 4);
    Roi right = found("erythema 2", 10, 0, 4);
    assertEquals(right, among(left, right).at(13, 3));
    assertNull(among(left, right).at(6, 3));
  }
}
