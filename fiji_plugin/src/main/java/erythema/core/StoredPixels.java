package erythema.core;

import ij.ImagePlus;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import ij.process.ShortProcessor;
import java.awt.image.IndexColorModel;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * The pixels of one photo in an image as ImageJ stores them; only 16-bit channels need a display
 * range to become colours of 8 bits.
 */
final class StoredPixels {

  private static final int AT_ONCE = 1 << 14;

  final int width;
  final int height;
  private final ImageProcessor[] planes; // one, or red, green and blue

  private StoredPixels(ImageProcessor... planes) {
    width = planes[0].getWidth();
    height = planes[0].getHeight();
    this.planes = planes;
  }

  /**
   * @param slice of the stack; of a photo in channels any of the three
   */
  static StoredPixels of(ImagePlus image, int slice) throws Problem {
    int[] channels = Channels.of(image);
    if (channels.length == 1) {
      return new StoredPixels(own(live(image, slice)));
    }
    int first = slice - (slice - 1) % channels.length;
    ImageProcessor[] planes = new ImageProcessor[channels.length];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = own(live(image, first + channels[i]));
      if (planes[i] instanceof ShortProcessor) {
        LUT table = image.getLuts()[channels[i]];
        planes[i].setMinAndMax(table.min, table.max);
      }
    }
    return new StoredPixels(planes);
  }

  /** What is shown of a virtual stack may have been changed, and would be read anew. */
  private static ImageProcessor live(ImagePlus image, int slice) {
    boolean shown = slice == image.getCurrentSlice();
    return shown ? image.getProcessor() : image.getImageStack().getProcessor(slice);
  }

  /** The same pixels in a processor that ImageJ gives no others when another slice is shown. */
  private static ImageProcessor own(ImageProcessor live) {
    Object pixels = live.getPixels();
    if (pixels instanceof int[]) {
      return new ColorProcessor(live.getWidth(), live.getHeight(), (int[]) pixels);
    }
    return pixels instanceof short[]
        ? new ShortProcessor(live.getWidth(), live.getHeight(), (short[]) pixels, null)
        : new ByteProcessor(
            live.getWidth(), live.getHeight(), (byte[]) pixels, live.getColorModel());
  }

  /** Red, green and blue of each pixel; what stands above these 24 bits has no meaning. */
  int[] colors() {
    if (planes.length == 3) {
      ColorProcessor merged = new ColorProcessor(width, height);
      merged.setRGB(bytes(planes[0]), bytes(planes[1]), bytes(planes[2]));
      return (int[]) merged.getPixels();
    }
    return planes[0] instanceof ColorProcessor
        ? (int[]) planes[0].getPixels()
        : colors((ByteProcessor) planes[0]);
  }

  private static int[] colors(ByteProcessor indices) {
    int[] table = new int[256];
    IndexColorModel model = (IndexColorModel) indices.getColorModel();
    for (int i = 0; i < model.getMapSize(); i++) {
      table[i] = model.getRGB(i);
    }
    byte[] pixels = (byte[]) indices.getPixels();
    int[] colors = new int[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      colors[i] = table[pixels[i] & 0xff];
    }
    return colors;
  }

  /** ImageJ's own conversion of 16 bits, over the display range. */
  private static byte[] bytes(ImageProcessor plane) {
    return (byte[]) plane.convertToByte(true).getPixels();
  }

  /** Tells photos apart: the CRC-32 of their size and stored values. */
  String key() {
    CRC32 crc = new CRC32();
    ByteBuffer size = ByteBuffer.allocate(8).putInt(width).putInt(height);
    crc.update(size.array(), 0, size.capacity());
    for (ImageProcessor plane : planes) {
      update(crc, plane.getPixels());
    }
    return String.format("%08x", crc.getValue());
  }

  private static void update(CRC32 crc, Object pixels) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * AT_ONCE).order(ByteOrder.LITTLE_ENDIAN);
    int length = Array.getLength(pixels);
    for (int i = 0; i < length; i += AT_ONCE) {
      int count = Math.min(AT_ONCE, length - i);
      if (pixels instanceof int[]) {
        bytes.asIntBuffer().put(opaque((int[]) pixels, i, count));
        crc.update(bytes.array(), 0, 4 * count);
      } else if (pixels instanceof short[]) {
        bytes.asShortBuffer().put((short[]) pixels, i, count);
        crc.update(bytes.array(), 0, 2 * count);
      } else {
        crc.update((byte[]) pixels, i, count);
      }
    }
  }

  private static int[] opaque(int[] colors, int start, int count) {
    int[] opaque = new int[count];
    for (int i = 0; i < count; i++) {
      opaque[i] = colors[start + i] & 0xffffff;
    }
    return opaque;
  }
}
