package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.Opener;
import ij.process.ByteProcessor;
import ij.process.ImageConverter;
import ij.process.LUT;
import ij.process.ShortProcessor;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PhotoTest {

  private static int[] sent(ImagePlus image) throws Problem, IOException {
    byte[] tiff = Photo.of(image).tiff().toByteArray();
    ImagePlus opened = new Opener().openTiff(new ByteArrayInputStream(tiff), "sent");
    int[] colors = (int[]) opened.getProcessor().getPixels();
    for (int i = 0; i < colors.length; i++) {
      colors[i] &= 0xffffff;
    }
    return colors;
  }

  private static ImageStack channels() {
    ImageStack stack = new ImageStack(2, 1);
    stack.addSlice(new ByteProcessor(2, 1, new byte[] {1, 2}));
    stack.addSlice(new ByteProcessor(2, 1, new byte[] {3, 4}));
    stack.addSlice(new ByteProcessor(2, 1, new byte[] {5, (byte) 255}));
    return stack;
  }

  private static String problem(ImagePlus image) {
    return assertThrows(Problem.class, () -> Photo.of(image)).getMessage();
  }

  @Test
  void thePixelsAreSentAsTheyAre() throws Exception {
    assertArrayEquals(new int[] {0xff0000, 0x0000ff}, sent(Samples.twoPixels()));
  }

  private static ImagePlus composite(Color... colors) {
    ImagePlus image = new ImagePlus("arm.tif", channels());
    image.setDimensions(3, 1, 1);
    CompositeImage composite = new CompositeImage(image, CompositeImage.COMPOSITE);
    for (int channel = 1; channel <= 3; channel++) {
      composite.setChannelLut(LUT.createLutFromColor(colors[channel - 1]), channel);
    }
    return composite;
  }

  @Test
  void anRgbStackIsSent() throws Exception {
    ImagePlus image = Samples.twoPixels();
    new ImageConverter(image).convertToRGBStack();
    assertArrayEquals(new int[] {0xff0000, 0x0000ff}, sent(image));
  }

  @Test
  void anHsbStackIsRefused() {
    ImagePlus image = Samples.twoPixels();
    new ImageConverter(image).convertToHSB();
    assertTrue(problem(image).contains("Image > Type > RGB Color"));
  }

  @Test
  void threeChannelsAreRedGreenAndBlue() throws Exception {
    ImagePlus image = composite(Color.RED, Color.GREEN, Color.BLUE);
    assertArrayEquals(new int[] {0x010305, 0x0204ff}, sent(image));
  }

  @Test
  void greyImagesAreTold() {
    String message = problem(new ImagePlus("grey.png", new ByteProcessor(2, 1)));
    assertEquals(
        "grey.png is no colour photo: it is grey, of 8 bits.\n"
            + "Erythema is found by its colour: open the colour photo itself",
        message);
    assertTrue(problem(new ImagePlus("x", new ShortProcessor(2, 1))).contains("16 bits"));
  }
}
