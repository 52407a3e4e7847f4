package erythema.core;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import java.io.File;
import java.io.IOException;

/** One image's way to its outlines; everything that can be checked beforehand is. */
public final class Segmentation {

  private final ImagePlus image;
  private final boolean shown;
  private final Photo photo;
  private final Settings settings;
  private final File output;

  /**
   * @param image null where none is open
   * @param options network, threshold, smallest and output are looked at
   */
  public Segmentation(ImagePlus image, Options options) throws Problem {
    if (image == null) {
      throw new Problem("There are no images open.\nOpen a photo first");
    }
    this.image = image;
    shown = image.isVisible();
    photo = Photo.of(image);
    settings = Settings.of(options);
    output = options.get("output") == null ? null : outputFile(options.get("output"));
  }

  /** Asks the service. The image is locked meanwhile; Esc ends the wait. */
  public Roi[] outlines(String address) throws Problem {
    if (!image.lockSilently()) {
      throw new Problem(
          photo.title + " is in use by another command.\nTry again when that has ended");
    }
    try {
      ServiceClient client = new ServiceClient(address);
      IJ.showStatus("Segmenting " + photo.title + " (Esc cancels)");
      Roi[] rois =
          Waiting.waitFor(() -> Segmenter.outlines(client, photo, settings), client::cancel);
      if (shown && !image.isVisible()) {
        throw new Problem(photo.title + " was closed before its outlines came.\nOpen it again");
      }
      IJ.showStatus(rois.length == 0 ? "No erythema found" : rois.length + " erythema outlined");
      return rois;
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
    boolean file = path.toLowerCase().endsWith(".zip");
    File folder = file ? new File(path).getAbsoluteFile().getParentFile() : new File(path);
    if (!folder.isDirectory()) {
      throw new Problem(
          "output=["
              + path
              + "]: there is no folder "
              + folder
              + ".\nMake it first, or check the path");
    }
    return file ? new File(path) : new File(folder, fileName(photo.title) + ".zip");
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
