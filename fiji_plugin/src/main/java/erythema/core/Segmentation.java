package erythema.core;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Roi;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The way of an image's photo, or of all photos of a stack, to what is found in it; everything that
 * can be checked beforehand is.
 */
public final class Segmentation {

  /** The options that are looked at. */
  public static final String[] KEYS =
      Stream.of(Settings.KEYS, new String[] {"mask", "probability", "stack", "output="})
          .flatMap(Stream::of)
          .toArray(String[]::new);

  private final ImagePlus image;
  private final String title;
  private final boolean shown;
  private final int[] slices;
  private final Settings settings;
  private final boolean withMask;
  private final boolean withProbability;
  private final File output;
  private final String[] keys; // of the photo at each slice
  private final Roi[][] found; // in the photo at each slice
  private Photo photo; // the last that was looked at; all are of the same selection

  /**
   * @param image null where none is open
   * @param options those of {@link #KEYS} are looked at
   */
  public Segmentation(ImagePlus image, Options options) throws Problem {
    if (image == null) {
      throw new Problem("There are no images open.\nOpen a photo first");
    }
    this.image = image;
    title = image.getTitle();
    shown = image.isVisible();
    photo = Photo.of(image);
    slices = options.has("stack") ? Photo.slices(image) : new int[] {image.getCurrentSlice()};
    settings = Settings.of(options);
    withMask = options.has("mask");
    withProbability = options.has("probability");
    output = options.get("output") == null ? null : outputFile(options.get("output"));
    keys = new String[slices.length];
    found = new Roi[slices.length][];
  }

  /** Asks the service. The image is locked meanwhile; Esc ends the wait. */
  public Roi[] outlines(String address) throws Problem {
    List<Roi> all = new ArrayList<>();
    eachPhoto(
        (i, photo) -> {
          tellOf(i);
          ServiceClient client = new ServiceClient(address);
          Roi[] outlines =
              Waiting.waitFor(() -> Segmenter.outlines(client, photo, settings), client::cancel);
          keys[i] = photo.key();
          found[i] = placed(outlines, photo);
          all.addAll(Arrays.asList(found[i]));
        });
    return all.toArray(new Roi[0]);
  }

  /** Looks at the photos alone, so that {@link #isOfPhoto} can tell. */
  public void identify() throws Problem {
    eachPhoto((i, photo) -> keys[i] = photo.key());
  }

  private static Roi[] placed(Roi[] outlines, Photo photo) {
    for (Roi outline : outlines) {
      photo.place(outline);
      Confidence.show(outline);
    }
    return Arrays.stream(outlines).filter(photo::contains).toArray(Roi[]::new);
  }

  /** Whether an outline was found in one of these photos, now or earlier. */
  public boolean isOfPhoto(Roi outline) {
    for (int i = 0; i < slices.length; i++) {
      if (keys[i].equals(Provenance.photo(outline)) && isAt(outline, slices[i])) {
        return true;
      }
    }
    return false;
  }

  /** Whether such an outline lies in the selection, too, where there is one. */
  public boolean covers(Roi outline) {
    return isOfPhoto(outline) && photo.contains(outline);
  }

  private boolean isAt(Roi outline, int slice) {
    if (!outline.hasHyperStackPosition()) {
      return outline.getPosition() == 0 || outline.getPosition() == slice;
    }
    int[] position = image.convertIndexToPosition(slice);
    return outline.getZPosition() == position[1] && outline.getTPosition() == position[2];
  }

  /** The images that the options ask for beside the outlines, which were found before. */
  public List<ImagePlus> images(String address) throws Problem {
    List<ImagePlus> images = new ArrayList<>();
    if (withMask) {
      images.add(mask());
    }
    if (withProbability) {
      images.add(probability(address));
    }
    return images;
  }

  /** The pixels inside the outlines, 255, in an image of the photos' size. */
  private ImagePlus mask() {
    ImageStack masks = new ImageStack(image.getWidth(), image.getHeight());
    for (int i = 0; i < slices.length; i++) {
      ByteProcessor mask = new ByteProcessor(image.getWidth(), image.getHeight());
      mask.setValue(255);
      for (Roi outline : found[i]) {
        mask.fill(outline);
      }
      add(masks, mask, slices[i]);
    }
    return beside("mask", masks);
  }

  /** Asks the service for the probability, in an image of the photos' size. */
  private ImagePlus probability(String address) throws Problem {
    ImageStack all = new ImageStack(image.getWidth(), image.getHeight());
    eachPhoto(
        (i, photo) -> {
          tellOf(i);
          ServiceClient client = new ServiceClient(address);
          FloatProcessor probability =
              Waiting.waitFor(() -> Segmenter.probability(client, photo, settings), client::cancel);
          add(all, photo.place(probability), slices[i]);
        });
    ImagePlus result = beside("probability", all);
    result.setDisplayRange(0, 1);
    return result;
  }

  private void tellOf(int i) {
    String number = slices.length == 1 ? "" : ", photo " + (i + 1) + " of " + slices.length;
    IJ.showStatus("Segmenting " + title + number + " (Esc cancels)");
  }

  private void add(ImageStack stack, ImageProcessor pixels, int slice) {
    stack.addSlice(image.getImageStack().getSliceLabel(slice), pixels);
  }

  private ImagePlus beside(String what, ImageStack stack) {
    ImagePlus result = new ImagePlus(title + " " + what, stack);
    result.setCalibration(image.getCalibration().copy());
    return result;
  }

  private interface Work {
    void on(int i, Photo photo) throws Problem;
  }

  private void eachPhoto(Work work) throws Problem {
    if (!image.lockSilently()) {
      throw new Problem(title + " is in use by another command.\nTry again when that has ended");
    }
    try {
      for (int i = 0; i < slices.length; i++) {
        photo = Photo.ofSlice(image, slices[i]);
        work.on(i, photo);
        if (shown && !image.isVisible()) {
          throw new Problem(title + " was closed before its outlines came.\nOpen it again");
        }
      }
    } finally {
      image.unlock();
    }
  }

  /** Saves the outlines where the option output= asked for it. */
  public void save(Roi[] rois) throws Problem {
    if (output == null) {
      return;
    }
    try {
      RoiSet.save(rois, output);
    } catch (IOException failed) {
      throw new Problem(
          output + " cannot be written: " + failed.getMessage() + ".\nChoose another output=");
    }
  }

  private File outputFile(String path) throws Problem {
    boolean file = path.toLowerCase(Locale.ROOT).endsWith(".zip");
    File folder = file ? new File(path).getAbsoluteFile().getParentFile() : new File(path);
    if (!folder.isDirectory()) {
      throw new Problem(
          "output=["
              + path
              + "]: there is no folder "
              + folder
              + ".\nMake it first, or check the path");
    }
    return file ? new File(path) : new File(folder, fileName(title) + ".zip");
  }

  /** A title can be any text: what is left of it names a file in any system, in no other folder. */
  private static String fileName(String title) {
    String name =
        title
            .replaceFirst("(?s).*[/\\\\]", "")
            .replaceFirst("\\.[^.]*$", "")
            .replaceAll("[:*?\"<>|\\p{Cntrl}]", "_")
            .replaceFirst("^\\.+", "");
    return name.trim().isEmpty() ? "photo" : name;
  }
}
