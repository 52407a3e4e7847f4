package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import org.junit.jupiter.api.Test;

class AgreementTest {

  private static final Roi[] LARGE = {new Roi(0, 0, 4, 4)};
  private static final Roi[] SMALL = {new Roi(0, 0, 4, 2)};

  @Test
  void theDifferenceTakesThePlaceOfItsOwnEarlierOneAlone() {
    ImagePlus image = IJ.createImage("arm", "RGB", 9, 9, 1);
    Roi mine = new Roi(5, 5, 1, 1);
    mine.setName("only found");
    image.setOverlay(new Overlay(mine));
    Agreement.drawDifferences(image, LARGE, SMALL);
    Agreement.drawDifferences(image, LARGE, SMALL);
    assertEquals(2, image.getOverlay().size());
    assertEquals(mine, image.getOverlay().get(0));
    assertEquals("only found", image.getOverlay().get(1).getName());
    assertEquals(new Roi(0, 2, 4, 2).getBounds(), image.getOverlay().get(1).getBounds());
    assertEquals(1, RoiSet.outlines(image.getOverlay().toArray()).length, "it is no outline");
  }

  @Test
  void theDifferenceLiesWhereItsOutlinesDo() {
    ImagePlus stack = IJ.createImage("two", "RGB", 9, 9, 2);
    Roi second = new Roi(0, 0, 4, 4);
    second.setPosition(2);
    Agreement.drawDifferences(stack, SMALL, new Roi[] {second}); // the small one is at all slices
    assertEquals("only drawn", stack.getOverlay().get(0).getName());
    assertEquals(2, stack.getOverlay().get(0).getPosition());
  }
}
