package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.OvalRoi;
import ij.gui.PointRoi;
import ij.gui.Roi;
import ij.io.Opener;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatPolygon;
import ij.process.ImageConverter;
import ij.process.ImageProcessor;
import ij.process.LUT;
import ij.process.ShortProcessor;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What is sent of an image, and where outlines go in it. */
class PhotoTest {

  private static final int RED = 0xff0000;
  private static final int GREEN = 0x00ff00;
  private static final int BLUE = 0x0000ff;

  private static int[] sent(Photo photo) throws IOException {
    ByteArrayOutputStream tiff = new ByteArrayOutputStream();
    photo.writeTiff(tiff);
    assertEquals(photo.tiffLength(), tiff.size());
    ByteArrayInputStream file = new ByteArrayInputStream(tiff.toByteArray());
    ImagePlus opened = new Opener().openTiff(file, "sent");
    int[] colors = (int[]) opened.getProcessor().getPixels();
    for (int i = 0; i < colors.length; i++) {
      colors[i] &= 0xffffff;
    }
    return colors;
  }

  private static int[] sent(ImagePlus image) throws Problem, IOException {
    return sent(Photo.of(image));
  }

  private static String problem(ImagePlus image) {
    return assertThrows(Problem.class, () -> Photo.of(image)).getMessage();
  }

  private static ImageStack stack(ImageProcessor... slices) {
    ImageStack stack = new ImageStack(slices[0].getWidth(), slices[0].getHeight());
    for (ImageProcessor slice : slices) {
      stack.addSlice(slice);
    }
    return stack;
  }

  private static ByteProcessor bytes(int... values) {
    ByteProcessor processor = new ByteProcessor(values.length, 1);
    for (int i = 0; i < values.length; i++) {
      processor.set(i, values[i]);
    }
    return processor;
  }

  private static ColorProcessor colors(int... colors) {
    return new ColorProcessor(colors.length, 1, colors);
  }

  /** Two photos of one red and one green pixel. */
  private static ImagePlus twoPhotos() {
    return new ImagePlus("arms.tif", stack(colors(RED), colors(GREEN)));
  }

  private static CompositeImage composite(ImageStack channels, Color... shown) {
    ImagePlus image = new ImagePlus("arm.tif", channels);
    image.setDimensions(shown.length, channels.getSize() / shown.length, 1);
    CompositeImage composite = new CompositeImage(image, CompositeImage.COMPOSITE);
    for (int channel = 1; channel <= shown.length; channel++) {
      composite.setChannelLut(LUT.createLutFromColor(shown[channel - 1]), channel);
    }
    return composite;
  }

  private static CompositeImage composite(Color... shown) {
    return composite(stack(bytes(1, 2), bytes(3, 4), bytes(5, 255)), shown);
  }

  /** Two photos in three channels, of one pixel each. */
  private static CompositeImage compositeStack() {
    ImageStack slices = stack(bytes(1), bytes(2), bytes(3), bytes(4), bytes(5), bytes(6));
    return composite(slices, Color.RED, Color.GREEN, Color.BLUE);
  }

  private static ImagePlus indexed() {
    byte[] red = new byte[256];
    red[7] = (byte) 255;
    ByteProcessor indices = bytes(0, 7);
    indices.setLut(new LUT(red, new byte[256], new byte[256]));
    return new ImagePlus("arm.gif", indices);
  }

  @Test
  void thePixelsAreSentAsTheyAre() throws Exception {
    assertArrayEquals(new int[] {RED, BLUE}, sent(Samples.twoPixels()));
  }

  @Test
  void aPngHoldsTheSamePixels() throws Exception {
    int[] colors = {0x010203, 0xfffefd, 0x804020, 0x000000, 0x7f00ff, 0x123456};
    ImagePlus image = new ImagePlus("arm", new ColorProcessor(2, 3, colors.clone()));
    byte[] png = Photo.of(image).png().toByteArray();
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    assertEquals(2, read.getWidth());
    int[] found = read.getRGB(0, 0, 2, 3, null, 0, 2);
    for (int i = 0; i < colors.length; i++) {
      assertEquals(colors[i] | 0xff000000, found[i]);
    }
  }

  @Test
  void threeChannelsAreRedGreenAndBlue() throws Exception {
    assertArrayEquals(
        new int[] {0x010305, 0x0204ff}, sent(composite(Color.RED, Color.GREEN, Color.BLUE)));
  }

  @Test
  void channelsOfAnotherOrderAreTakenByTheirColours() throws Exception {
    assertArrayEquals(
        new int[] {0x050103, 0xff0204}, sent(composite(Color.GREEN, Color.BLUE, Color.RED)));
  }

  @Test
  void theDisplayRangeOfEightBitChannelsIsNotApplied() throws Exception {
    CompositeImage image = composite(Color.RED, Color.GREEN, Color.BLUE);
    image.setDisplayRange(0, 10);
    assertArrayEquals(new int[] {0x010305, 0x0204ff}, sent(image));
  }

  @Test
  void sixteenBitChannelsAreSentOverTheirDisplayRanges() throws Exception {
    short[] values = {0, 1000, 2047, 4095};
    ImageStack channels = new ImageStack(4, 1);
    for (int channel = 1; channel <= 3; channel++) {
      channels.addSlice(new ShortProcessor(4, 1, values.clone(), null));
    }
    CompositeImage image = composite(channels, Color.RED, Color.GREEN, Color.BLUE);
    int[] maxima = {4095, 2047, 65535};
    for (int channel = 1; channel <= 3; channel++) {
      image.setC(channel);
      image.setDisplayRange(0, maxima[channel - 1]);
    }
    // 256 levels over max + 1 values, rounded: 1000 is 63 of 4095, 125 of 2047, 4 of 65535.
    assertArrayEquals(new int[] {0, 0x3f7d04, 0x80ff08, 0xffff10}, sent(image));
  }

  @Test
  void anRgbStackIsOnePhoto() throws Exception {
    ImagePlus image = Samples.twoPixels();
    new ImageConverter(image).convertToRGBStack();
    assertArrayEquals(new int[] {RED, BLUE}, sent(image));
    assertArrayEquals(new int[] {1}, Photo.slices(image));
  }

  @Test
  void anEightBitColourImageIsSentInItsTablesColours() throws Exception {
    assertArrayEquals(new int[] {0, RED}, sent(indexed()));
  }

  @Test
  void theDisplayRangeOfAnEightBitColourImageIsNotApplied() throws Exception {
    ImagePlus image = indexed();
    image.setDisplayRange(0, 3);
    assertArrayEquals(new int[] {0, RED}, sent(image));
  }

  @Test
  void theShownSliceOfAStackIsSent() throws Exception {
    ImagePlus image = twoPhotos();
    image.setSlice(2);
    assertArrayEquals(new int[] {GREEN}, sent(image));
  }

  @Test
  void aPhotoStaysTheSameWhenAnotherSliceIsShown() throws Exception {
    ImagePlus image = twoPhotos();
    Photo photo = Photo.of(image);
    image.setSlice(2);
    assertArrayEquals(new int[] {RED}, sent(photo));
  }

  @Test
  void anySliceOfAStackIsSentWithoutShowingIt() throws Exception {
    ImagePlus image = twoPhotos();
    assertArrayEquals(new int[] {1, 2}, Photo.slices(image));
    assertArrayEquals(new int[] {GREEN}, sent(Photo.ofSlice(image, 2)));
    assertEquals(1, image.getCurrentSlice());
  }

  @Test
  void aHyperstacksPhotosLieAtItsFirstChannels() throws Exception {
    CompositeImage image = compositeStack();
    assertArrayEquals(new int[] {1, 4}, Photo.slices(image));
    assertArrayEquals(new int[] {0x040506}, sent(Photo.ofSlice(image, 4)));
  }

  @Test
  void theShownPhotoOfAHyperstackIsSentWhicheverChannelIsCurrent() throws Exception {
    CompositeImage image = compositeStack();
    image.setPosition(2, 2, 1);
    assertArrayEquals(new int[] {0x040506}, sent(image));
  }

  @Test
  void onlyTheBoundsOfASelectionAreSent() throws Exception {
    ImagePlus image = new ImagePlus("arm", new ColorProcessor(3, 2, new int[] {1, 2, 3, 4, 5, 6}));
    image.setRoi(new Roi(1, 1, 2, 1));
    assertArrayEquals(new int[] {5, 6}, sent(image));
  }

  @Test
  void aSelectionThatReachesBeyondThePhotoIsCutOff() throws Exception {
    ImagePlus image = new ImagePlus("arm", new ColorProcessor(3, 2, new int[] {1, 2, 3, 4, 5, 6}));
    image.setRoi(new Roi(-5, 1, 7, 9));
    assertArrayEquals(new int[] {4, 5}, sent(image));
  }

  @Test
  void aSelectionOutsideIsTold() {
    ImagePlus image = Samples.twoPixels();
    image.setRoi(new Roi(5, 5, 7, 9));
    assertEquals(
        "The selection lies outside of arm.png.\nMove it, or remove it with Edit > Selection >"
            + " Select None",
        problem(image));
  }

  @Test
  void aPointSelectsNoPart() throws Exception {
    ImagePlus image = Samples.twoPixels();
    image.setRoi(new PointRoi(1, 0));
    assertEquals(2, sent(image).length);
  }

  @Test
  void nothingOfTheImageChanges() throws Exception {
    CompositeImage image = compositeStack();
    Roi selection = new Roi(0, 0, 1, 1);
    image.setPosition(2, 1, 1);
    image.setDisplayRange(3, 90);
    image.setRoi(selection);
    image.changes = false;
    Photo photo = Photo.ofSlice(image, 4);
    sent(photo);
    photo.place(Samples.triangle("erythema 1"));
    assertEquals(2, image.getCurrentSlice());
    assertEquals(selection, image.getRoi());
    assertEquals(3, image.getDisplayRangeMin());
    assertEquals(90, image.getDisplayRangeMax());
    assertEquals(Color.GREEN.getRGB(), image.getLuts()[1].getRGB(255));
    assertFalse(image.changes);
  }

  @Test
  void anOutlineIsPlacedWhereTheSelectionWas() throws Exception {
    ImagePlus image = new ImagePlus("arm", new ColorProcessor(300, 200));
    image.setRoi(new Roi(100, 50, 40, 40));
    Roi outline = Samples.triangle("erythema 1");
    Photo.of(image).place(outline);
    FloatPolygon corners = outline.getFloatPolygon();
    assertArrayEquals(new float[] {100.0625f, 101.9375f, 101.5f}, corners.xpoints);
    assertArrayEquals(new float[] {50.25f, 50.125f, 50.875f}, corners.ypoints);
  }

  @Test
  void anOutlineOfASinglePhotoHasNoPosition() throws Exception {
    Roi outline = Samples.triangle("erythema 1");
    Photo.of(composite(Color.RED, Color.GREEN, Color.BLUE)).place(outline);
    assertEquals(0, outline.getPosition());
    assertFalse(outline.hasHyperStackPosition());
  }

  @Test
  void anOutlineOfAStackHasItsSlice() throws Exception {
    Roi outline = Samples.triangle("erythema 1");
    Photo.ofSlice(twoPhotos(), 2).place(outline);
    assertEquals(2, outline.getPosition());
  }

  @Test
  void anOutlineOfAHyperstackLiesInAllChannelsOfItsSliceAndFrame() throws Exception {
    Roi outline = Samples.triangle("erythema 1");
    Photo.ofSlice(compositeStack(), 4).place(outline);
    assertTrue(outline.hasHyperStackPosition());
    assertEquals(0, outline.getCPosition());
    assertEquals(2, outline.getZPosition());
    assertEquals(1, outline.getTPosition());
  }

  @Test
  void aPlacedOutlineNamesItsPhotoAndIsUnedited() throws Exception {
    Photo photo = Photo.of(Samples.twoPixels());
    Roi outline = Samples.triangle("erythema 1");
    photo.place(outline);
    assertEquals(photo.key(), Provenance.photo(outline));
    assertTrue(Provenance.isUnedited(outline));
  }

  @Test
  void anOutlineIsInsideWhereMoreThanHalfOfItIs() throws Exception {
    ImagePlus image = new ImagePlus("arm", new ColorProcessor(100, 100));
    image.setRoi(new OvalRoi(0, 0, 100, 100)); // its border crosses (14.6, 14.6)
    Photo photo = Photo.of(image);
    assertTrue(photo.contains(new Roi(10, 10, 12, 12)));
    assertFalse(photo.contains(new Roi(8, 8, 12, 12)));
  }

  @Test
  void withoutASelectionEveryOutlineIsInside() throws Exception {
    assertTrue(Photo.of(Samples.twoPixels()).contains(new Roi(-9, -9, 1, 1)));
  }

  @Test
  void theKeyIsThatOfThePixelsWhateverTheNameAndTheSelection() throws Exception {
    ImagePlus image = Samples.twoPixels();
    String key = Photo.of(image).key();
    image.setTitle("another name");
    image.setRoi(new Roi(0, 0, 1, 1));
    assertEquals(key, Photo.of(image).key());
    assertTrue(key.matches("[0-9a-f]{8}"), key);
  }

  @Test
  void photosOfOtherPixelsOrAnotherShapeHaveAnotherKey() throws Exception {
    ImagePlus row = Samples.twoPixels();
    ImagePlus other = new ImagePlus("arm.png", colors(RED, 0x0000fe));
    ImagePlus column = new ImagePlus("arm.png", new ColorProcessor(1, 2, new int[] {RED, BLUE}));
    assertNotEquals(Photo.of(row).key(), Photo.of(other).key());
    assertNotEquals(Photo.of(row).key(), Photo.of(column).key());
  }

  @Test
  void theKeyIsThatOfTheColoursWhateverLiesAboveThem() throws Exception {
    ImagePlus opaque = new ImagePlus("arm.png", colors(RED | 0xff000000, BLUE | 0xff000000));
    assertEquals(Photo.of(Samples.twoPixels()).key(), Photo.of(opaque).key());
  }

  @Test
  void greyImagesAreTold() {
    assertEquals(
        "grey.png is no colour photo: it is grey, of 8 bits.\n"
            + "Erythema is found by its colour: open the colour photo itself",
        problem(new ImagePlus("grey.png", new ByteProcessor(2, 1))));
    assertTrue(problem(new ImagePlus("x", new ShortProcessor(2, 1))).contains("of 16 bits"));
  }

  @Test
  void aGreyImageWithAThresholdIsStillGrey() {
    ByteProcessor grey = new ByteProcessor(2, 1);
    grey.setThreshold(0, 100, ImageProcessor.RED_LUT);
    assertTrue(problem(new ImagePlus("grey.png", grey)).contains("it is grey"));
  }

  @Test
  void channelsOfOtherColoursAreTold() {
    String message = problem(composite(Color.CYAN, Color.MAGENTA, Color.YELLOW));
    assertEquals(
        "arm.tif is no colour photo: its 3 channels are not red, green and blue.\n"
            + "Convert it with Image > Type > RGB Color",
        message);
    assertTrue(problem(composite(Color.RED, Color.RED, Color.BLUE)).contains("3 channels"));
  }

  @Test
  void anHsbStackIsNotTakenForColours() {
    ImagePlus image = Samples.twoPixels();
    new ImageConverter(image).convertToHSB();
    assertTrue(problem(image).contains("Image > Type > RGB Color"));
  }

  @Test
  void threeGreySlicesMayBeChannels() {
    String message = problem(new ImagePlus("arm.tif", stack(bytes(1), bytes(2), bytes(3))));
    assertEquals(
        "arm.tif is no colour photo: it is a stack of 3 grey images.\n"
            + "If they are its red, green and blue, use Image > Color > Make Composite",
        message);
  }
}
