package erythema.core;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.io.FileInfo;
import ij.io.TiffEncoder;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.IntStream;

/**
 * One photo of an image, or the part of it inside the image's selection. It looks at the image and
 * changes nothing of it.
 *
 * <p>Stored pixels are taken as they are, whatever the display range; 16-bit channels become 8 bits
 * over their display range, as {@code Image > Type > RGB Color} makes them.
 */
public final class Photo {

  public final String title;
  private final StoredPixels pixels;
  private final Rectangle part;
  private final Roi selection; // null where the whole photo is meant
  private final int[] position; // in a stack: n, or channel, slice and frame
  private String key;

  private Photo(ImagePlus image, int slice, Roi selection) throws Problem {
    title = image.getTitle();
    pixels = StoredPixels.of(image, slice);
    this.selection = selection;
    part = new Rectangle(pixels.width, pixels.height);
    if (selection != null) {
      Rectangle.intersect(part, selection.getBounds(), part);
    }
    if (part.isEmpty()) {
      throw new Problem(
          "The selection lies outside of "
              + title
              + ".\nMove it, or remove it with Edit > Selection > Select None");
    }
    position = position(image, slice);
  }

  /**
   * The selection that says which part of a photo is meant, or null where all of it is. A found
   * outline that is selected is looked at, or being corrected.
   */
  public static Roi selection(ImagePlus image) {
    Roi roi = image.getRoi();
    boolean meant = roi != null && roi.isArea() && !Provenance.isOurs(roi);
    return meant ? (Roi) roi.clone() : null;
  }

  /** The photo that is shown: an RGB or 8-bit colour image, or red, green and blue channels. */
  public static Photo of(ImagePlus image) throws Problem {
    return ofSlice(image, image.getCurrentSlice());
  }

  /** The photo that is shown, whatever is selected in it. */
  public static Photo whole(ImagePlus image) throws Problem {
    return new Photo(image, image.getCurrentSlice(), null);
  }

  /** The photo at a slice of a stack, which need not be shown. */
  public static Photo ofSlice(ImagePlus image, int slice) throws Problem {
    return new Photo(image, slice, selection(image));
  }

  /** The slices at which an image's photos are; of a photo in channels, the first of them. */
  public static int[] slices(ImagePlus image) throws Problem {
    int step = Channels.of(image).length;
    return IntStream.range(0, image.getStackSize() / step).map(i -> i * step + 1).toArray();
  }

  /** As ImageJ positions its own ROIs; a photo in channels lies in all of them. */
  private static int[] position(ImagePlus image, int slice) throws Problem {
    if (image.isHyperStack()) {
      int[] position = image.convertIndexToPosition(slice);
      position[0] = Channels.of(image).length > 1 ? 0 : position[0];
      return position;
    }
    return slices(image).length > 1 ? new int[] {slice} : new int[0];
  }

  /**
   * Moves an outline from where it is in the pixels that were sent to where it is in the image, and
   * notes this photo on it.
   */
  public void place(Roi roi) {
    Rectangle2D bounds = roi.getFloatBounds();
    roi.setLocation(bounds.getX() + part.x, bounds.getY() + part.y);
    setPosition(roi);
    Provenance.setPhoto(roi, key());
    Provenance.seal(roi);
  }

  /** Makes an ROI show on this photo of a stack alone. */
  public void setPosition(Roi roi) {
    if (position.length == 3) {
      roi.setPosition(position[0], position[1], position[2]);
    } else if (position.length == 1) {
      roi.setPosition(position[0]);
    }
  }

  /** Whether more than half of a placed outline lies inside the selection, if there is one. */
  public boolean contains(Roi roi) {
    if (selection == null) {
      return true;
    }
    Rectangle bounds = selection.getBounds();
    ImageProcessor mask = selection.getMask(); // of the bounds; null where it is all of them
    int all = 0;
    int inside = 0;
    for (Point pixel : roi) {
      boolean bounded = bounds.contains(pixel);
      if (bounded && (mask == null || mask.get(pixel.x - bounds.x, pixel.y - bounds.y) != 0)) {
        inside++;
      }
      all++;
    }
    return 2 * inside > all;
  }

  /** A probability of the pixels that were sent as one of the whole photo, 0 where none were. */
  public FloatProcessor place(FloatProcessor probability) {
    if (selection == null) {
      return probability;
    }
    FloatProcessor whole = new FloatProcessor(pixels.width, pixels.height);
    ImageProcessor inside = selection.getMask();
    Rectangle area = selection.getBounds();
    for (int y = part.y; y < part.y + part.height; y++) {
      for (int x = part.x; x < part.x + part.width; x++) {
        if (inside == null || inside.get(x - area.x, y - area.y) != 0) {
          whole.setf(x, y, probability.getf(x - part.x, y - part.y));
        }
      }
    }
    return whole;
  }

  /** How many pixels are sent. */
  public int size() {
    return part.width * part.height;
  }

  /** Whether an answer has the size of what the service is sent. */
  boolean hasSizeOf(ImageProcessor answer) {
    return answer.getWidth() == part.width && answer.getHeight() == part.height;
  }

  /** Tells this photo from another without its name, which may be a person's. */
  public synchronized String key() {
    if (key == null) {
      key = pixels.key();
    }
    return key;
  }

  /** Writes an uncompressed TIFF file: exact, and quick to write and to read. */
  public void writeTiff(OutputStream out) throws IOException {
    writeTiff(colors(), part.width, part.height, out);
  }

  /** How many bytes {@link #writeTiff} writes: those of the pixels, and a header of one length. */
  public int tiffLength() {
    ByteArrayOutputStream onePixel = new ByteArrayOutputStream();
    try {
      writeTiff(new int[1], 1, 1, onePixel);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible); // there is no file that could fail
    }
    return onePixel.size() + 3 * (part.width * part.height - 1);
  }

  private static void writeTiff(int[] colors, int width, int height, OutputStream out)
      throws IOException {
    FileInfo info = new FileInfo();
    info.fileType = FileInfo.RGB;
    info.width = width;
    info.height = height;
    info.pixels = colors;
    new TiffEncoder(info).write(out);
  }

  /** A PNG file: exact too, a quarter to half as long, and slow to write and to read. */
  public ByteArrayOutputStream png() throws IOException {
    return Png.write(colors(), part.width, part.height);
  }

  private int[] colors() {
    int[] all = pixels.colors();
    if (part.width == pixels.width && part.height == pixels.height) {
      return all;
    }
    int[] cropped = new int[part.width * part.height];
    for (int y = 0; y < part.height; y++) {
      int from = (part.y + y) * pixels.width + part.x;
      System.arraycopy(all, from, cropped, y * part.width, part.width);
    }
    return cropped;
  }
}
