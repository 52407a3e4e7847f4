package erythema.core;

import ij.ImagePlus;
import ij.process.LUT;

/** Tells whether an image holds colours, and how. */
final class Channels {

  private static final int[] COLORS_IN_ONE = {0};
  private static final int[] RED_GREEN_BLUE = {0, 1, 2};
  private static final int[] COLORS = {0xff0000, 0xff00, 0xff};

  private Channels() {}

  /**
   * Which of an image's channels are red, green and blue, counted from 0; one alone where each
   * pixel holds its colour.
   *
   * @throws Problem where it holds none; the message says what to do
   */
  static int[] of(ImagePlus image) throws Problem {
    if (image.getType() == ImagePlus.COLOR_RGB) {
      return COLORS_IN_ONE;
    }
    boolean table = image.getBitDepth() == 8 && image.getProcessor().isColorLut();
    if (image.getNChannels() == 1 && table) {
      return COLORS_IN_ONE;
    }
    if (image.getStackSize() == 3 && image.getImageStack().isRGB()) {
      return RED_GREEN_BLUE; // "RGB Stack" labels its slices, as "HSB Stack" does
    }
    boolean bits = image.getBitDepth() == 8 || image.getBitDepth() == 16;
    int[] order = image.isComposite() && bits ? order(image.getLuts()) : null;
    if (order != null) {
      return order;
    }
    throw refusal(image);
  }

  /** The channels that are shown in red, green and blue, or null where these are not the three. */
  private static int[] order(LUT[] tables) {
    int[] order = new int[COLORS.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = find(tables, COLORS[i]);
      if (order[i] < 0 || tables.length != order.length) {
        return null;
      }
    }
    return order;
  }

  private static int find(LUT[] tables, int color) {
    for (int i = 0; i < tables.length; i++) {
      if (isRamp(tables[i], color)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isRamp(LUT table, int color) {
    for (int i = 0; i < 256; i++) {
      if ((table.getRGB(i) & 0xffffff) != (color & i * 0x010101)) {
        return false;
      }
    }
    return true;
  }

  private static Problem refusal(ImagePlus image) {
    int channels = image.getNChannels();
    String what = "it is grey, of " + image.getBitDepth() + " bits";
    String remedy = "Erythema is found by its colour: open the colour photo itself";
    if (channels > 1 || isHsb(image)) {
      what = "its " + Math.max(channels, 3) + " channels are not red, green and blue";
      remedy = "Convert it with Image > Type > RGB Color";
    } else if (image.getStackSize() == 3) {
      what = "it is a stack of 3 grey images";
      remedy = "If they are its red, green and blue, use Image > Color > Make Composite";
    }
    return new Problem(image.getTitle() + " is no colour photo: " + what + ".\n" + remedy);
  }

  private static boolean isHsb(ImagePlus image) {
    return image.getStackSize() == 3 && image.getImageStack().isHSB();
  }
}
