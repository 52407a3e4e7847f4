package erythema.core;

import static java.util.Arrays.asList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import java.util.List;
import org.junit.jupiter.api.Test;

class DraftChangesTest {

  /** A triangle with a corner at x, as a network found it. */
  private static Roi found(float x) {
    Roi roi = new PolygonRoi(new float[] {x, x + 9, x}, new float[] {0, 0, 9}, Roi.POLYGON);
    roi.setProperty("erythema.source", "model");
    Provenance.seal(roi);
    return roi;
  }

  private static Roi drawn() {
    return new Roi(40, 40, 9, 9);
  }

  private static List<String> changes(Roi[] draft, Roi... outlines) {
    return DraftChanges.of(draft, outlines).cells();
  }

  @Test
  void anOutlineAsItWasFoundIsUnchanged() {
    assertEquals(asList("1", "0", "0", "0"), changes(new Roi[] {found(1)}, found(1)));
  }

  @Test
  void aRenamedOneIsUnchanged() {
    Roi birch = found(1);
    birch.setName("birch");
    assertEquals(asList("1", "0", "0", "0"), changes(new Roi[] {found(1)}, birch));
  }

  @Test
  void aMovedOneIsCorrected() {
    Roi moved = found(1);
    moved.setLocation(5, 5);
    assertEquals(asList("0", "1", "0", "0"), changes(new Roi[] {found(1)}, moved));
  }

  @Test
  void oneThatIsGoneIsRemovedAndANewOneDrawn() {
    Roi[] draft = {found(1), found(20)};
    assertEquals(asList("1", "0", "1", "1"), changes(draft, drawn(), found(20)));
  }

  @Test
  void withoutADraftAllAreDrawn() {
    assertEquals(asList("0", "0", "0", "2"), changes(new Roi[0], drawn(), found(1)));
  }

  @Test
  void outlinesComeFromADraftWhereOneOfItIsLeft() {
    Roi[] draft = {found(1), found(20)};
    assertTrue(DraftChanges.comesFrom(draft, new Roi[] {found(20)}));
    assertFalse(DraftChanges.comesFrom(draft, new Roi[] {drawn()}));
  }
}
