package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import ij.process.ColorProcessor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as the service gives them, of a rectangle of 4 x 3 pixels. */
class SizeTest {

  private static final String TABLE =
      "reaction,name,area_px,longest_diameter_px,orthogonal_diameter_px,mean_diameter_px,"
          + "longest_x1,longest_y1,longest_x2,longest_y2,"
          + "orthogonal_x1,orthogonal_y1,orthogonal_x2,orthogonal_y2\r\n"
          + "1,1,12.0,5.0,3.75,4.375,0.0,0.0,4.0,3.0,3.125,0.0,0.875,3.0\r\n";

  private static final List<Size> SIZES = sizes();
  private static final Roi[] ROIS = {named("birch")};

  private static List<Size> sizes() {
    try {
      return Size.parse(TABLE, 1);
    } catch (Problem broken) {
      throw new AssertionError(broken);
    }
  }

  private static Roi named(String name) {
    Roi roi = new Roi(0, 0, 4, 3);
    roi.setName(name);
    return roi;
  }

  private static ImagePlus image() {
    return new ImagePlus("arm.jpg", new ColorProcessor(10, 10));
  }

  @Test
  void theTableOfTheServiceIsRead() {
    Size size = SIZES.get(0);
    assertEquals(12, size.area);
    assertEquals(5, size.longest);
    assertEquals(3.75, size.orthogonal);
    assertEquals(4.375, size.mean);
    assertArrayEquals(new double[] {0, 0, 4, 3}, size.longestEnds);
    assertArrayEquals(new double[] {3.125, 0, 0.875, 3}, size.orthogonalEnds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "reaction,name\r\n1,1\r\n", "reaction\r\n1,1,high"})
  void anyOtherTableIsAProblem(String table) {
    String message = assertThrows(Problem.class, () -> Size.parse(table, 1)).getMessage();
    assertTrue(message.startsWith("The service's sizes cannot be read."), message);
  }

  @Test
  void aTableOfMoreOrFewerOutlinesIsAProblem() {
    assertThrows(Problem.class, () -> Size.parse(TABLE, 2));
    assertThrows(Problem.class, () -> Size.parse(TABLE.replace("12.0", "high"), 1));
  }

  @Test
  void rowsHaveTheImagesUnit() {
    ImagePlus image = image();
    Calibration calibration = image.getCalibration();
    calibration.pixelWidth = calibration.pixelHeight = 0.5;
    calibration.setUnit("mm");
    ResultsTable table = new ResultsTable();
    Measurement.addRows(table, image, ROIS, SIZES);
    assertEquals("arm.jpg", table.getLabel(0));
    assertEquals("birch", table.getStringValue("Name", 0));
    assertEquals(3, table.getValue("Area", 0));
    assertEquals(2.5, table.getValue("Longest diameter", 0));
    assertEquals(1.875, table.getValue("Orthogonal diameter", 0));
    assertEquals(2.1875, table.getValue("Mean diameter", 0));
    assertEquals("mm", table.getStringValue("Unit", 0));
  }

  @Test
  void pixelsThatAreNotSquareAreMeasuredInPixels() {
    ImagePlus image = image();
    image.getCalibration().pixelWidth = 2;
    ResultsTable table = new ResultsTable();
    Measurement.addRows(table, image, ROIS, SIZES);
    assertEquals(12, table.getValue("Area", 0));
    assertEquals("pixels", table.getStringValue("Unit", 0));
  }

  @Test
  void bothDiametersAreDrawnOnceHoweverOftenItIsMeasured() {
    ImagePlus image = image();
    image.setOverlay(new Overlay(named("mine")));
    Measurement.draw(image, ROIS, SIZES);
    Measurement.draw(image, ROIS, SIZES);
    assertEquals(3, image.getOverlay().size());
    assertEquals("mine", image.getOverlay().get(0).getName());
    assertEquals(5, image.getOverlay().get("birch D").getLength(), 1e-6);
    assertEquals(3.75, image.getOverlay().get("birch d").getLength(), 1e-6);
  }

  @Test
  void outlinesOfOneNameAndOfNoneHaveDiametersOfTheirOwn() {
    Roi nameless = new Roi(0, 0, 4, 3);
    Roi[] three = {named("birch"), named("birch"), nameless};
    three[1].setPosition(2);
    nameless.setPosition(0, 1, 2);
    ImagePlus image = image();
    Measurement.draw(image, three, Arrays.asList(SIZES.get(0), SIZES.get(0), SIZES.get(0)));
    Overlay overlay = image.getOverlay();
    assertEquals(6, overlay.size());
    assertEquals(0, overlay.get(1).getPosition());
    assertEquals(2, overlay.get(2).getPosition());
    assertEquals("D", overlay.get(4).getName());
    assertEquals(2, overlay.get(5).getTPosition());
  }

  @Test
  void anOutlineThatIsCalledAsADiameterStays() {
    ImagePlus image = image();
    image.setOverlay(new Overlay(named("birch D")));
    Measurement.draw(image, ROIS, SIZES);
    assertEquals(3, image.getOverlay().size());
  }

  @Test
  void anOutlineWithoutANameHasAnEmptyCell() {
    ResultsTable table = new ResultsTable();
    Measurement.addRows(table, image(), new Roi[] {new Roi(0, 0, 4, 3)}, SIZES);
    assertEquals("", table.getStringValue("Name", 0));
  }
}
