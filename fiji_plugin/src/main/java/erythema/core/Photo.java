package erythema.core;

import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.io.TiffEncoder;
import ij.process.ColorProcessor;
import ij.process.LUT;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.stream.IntStream;

/** The pixels of an RGB image as ImageJ stores them. */
public final class Photo {

  private static final int TIFF_HEADER = 4096;

  public final String title;
  private final int width;
  private final int height;
  private final int[] pixels;

  private Photo(ImagePlus image, ColorProcessor colors) {
    title = image.getTitle();
    width = colors.getWidth();
    height = colors.getHeight();
    pixels = (int[]) colors.getPixels();
  }

  /** Takes an RGB image, or three 8-bit channels that are red, green and blue in this order. */
  public static Photo of(ImagePlus image) throws Problem {
    boolean single = image.getStackSize() == 1;
    if (single && image.getType() == ImagePlus.COLOR_RGB) {
      return new Photo(image, (ColorProcessor) image.getProcessor());
    }
    boolean channels = image.getStackSize() == 3 && image.getNChannels() == 3;
    if (channels && image.getType() == ImagePlus.GRAY8 && isRedGreenBlue(image)) {
      return new Photo(image, merged(image));
    }
    String remedy =
        single || channels
            ? "Convert it with Image > Type > RGB Color"
            : "Open one of its images alone, with Image > Duplicate...";
    throw new Problem(
        image.getTitle()
            + " is not a photo: an RGB image is needed, not "
            + kind(image)
            + ".\n"
            + remedy);
  }

  /** An uncompressed TIFF file: exact, and quick to write and read for any size of photo. */
  public ByteArrayOutputStream tiff() throws IOException {
    FileInfo info = new FileInfo();
    info.fileType = FileInfo.RGB;
    info.width = width;
    info.height = height;
    info.pixels = pixels;
    ByteArrayOutputStream file = new ByteArrayOutputStream(3 * width * height + TIFF_HEADER);
    new TiffEncoder(info).write(file);
    return file;
  }

  private static boolean isRedGreenBlue(ImagePlus image) {
    if (!image.isComposite()) {
      return image.getStack().isRGB(); // "RGB Stack" labels its slices, as "HSB Stack" does
    }
    LUT[] luts = image.getLuts();
    return isRamp(luts[0], 1 << 16) && isRamp(luts[1], 1 << 8) && isRamp(luts[2], 1);
  }

  private static boolean isRamp(LUT lut, int color) {
    return IntStream.range(0, 256).allMatch(i -> (lut.getRGB(i) & 0xffffff) == i * color);
  }

  private static ColorProcessor merged(ImagePlus image) {
    ImageStack stack = image.getStack();
    ColorProcessor colors = new ColorProcessor(image.getWidth(), image.getHeight());
    colors.setRGB(
        (byte[]) stack.getPixels(1), (byte[]) stack.getPixels(2), (byte[]) stack.getPixels(3));
    return colors;
  }

  private static String kind(ImagePlus image) {
    if (image.getNChannels() == 3 && image.getStackSize() == 3) {
      return "three channels of other colours or bits";
    }
    if (image.getStackSize() > 1) {
      return "a stack of " + image.getStackSize() + " images";
    }
    String bits = image.getBitDepth() + " bits";
    return image.getProcessor().isColorLut()
        ? "one of " + bits + " with a colour table"
        : "a grey one of " + bits;
  }
}
