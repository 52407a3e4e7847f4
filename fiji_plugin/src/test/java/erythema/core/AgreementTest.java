package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgreementTest {

  private static final Roi[] LARGE = {new Roi(0, 0, 4, 4)};
  private static final Roi[] SMALL = {new Roi(0, 0, 4, 2)};

  @Test
  void eachMeasureIsAColumn() throws Problem {
    Agreement agreement = Agreement.parse("dice,hd95_px\r\n0.666667,nan\r\n");
    ResultsTable table = new ResultsTable();
    agreement.addRow(table, IJ.createImage("arm", "RGB", 9, 9, 1));
    assertEquals("0.666667", agreement.dice());
    assertEquals(0.666667, table.getValue("dice", 0));
    assertEquals(Double.NaN, table.getValue("hd95_px", 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dice",
        "dice\r\n",
        "dice,iou\r\n1",
        "dice\r\nhigh",
        "iou\r\n1",
        "<html>\n0\n"
      })
  void anyOtherTableIsAProblem(String table) {
    String message = assertThrows(Problem.class, () -> Agreement.parse(table)).getMessage();
    assertTrue(message.startsWith("The service's table cannot be read."), message);
  }

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
