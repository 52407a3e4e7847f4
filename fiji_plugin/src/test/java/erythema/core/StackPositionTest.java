package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import org.junit.jupiter.api.Test;

class StackPositionTest {

  private static Roi at(int... position) {
    Roi roi = new Roi(0, 0, 1, 1);
    if (position.length == 3) {
      roi.setPosition(position[0], position[1], position[2]);
    } else {
      roi.setPosition(position[0]);
    }
    return roi;
  }

  @Test
  void ofAStackAnOutlineIsShownAtItsSliceOrAtAll() {
    ImagePlus stack = IJ.createImage("two", "RGB", 9, 9, 2);
    stack.setSlice(2);
    assertFalse(StackPosition.isShown(at(1), stack));
    assertTrue(StackPosition.isShown(at(2), stack));
    assertTrue(StackPosition.isShown(at(0), stack));
    assertEquals(1, StackPosition.slice(at(1), stack));
    assertEquals(2, StackPosition.slice(at(0), stack));
  }

  @Test
  void ofAHyperstackTheChannelDoesNotMatter() {
    ImagePlus stack = IJ.createHyperStack("two", 9, 9, 3, 2, 2, 8); // channels, slices, frames
    stack.setPosition(1, 2, 1);
    assertTrue(StackPosition.isShown(at(3, 2, 1), stack));
    assertTrue(StackPosition.isShown(at(0, 2, 0), stack));
    assertFalse(StackPosition.isShown(at(1, 1, 1), stack));
    assertFalse(StackPosition.isShown(at(1, 2, 2), stack));
    assertEquals(stack.getStackIndex(1, 2, 2), StackPosition.slice(at(0, 0, 2), stack));
  }

  @Test
  void onASingleImageEachOutlineIsShown() {
    assertTrue(StackPosition.isShown(at(7), IJ.createImage("one", "RGB", 9, 9, 1)));
  }
}
