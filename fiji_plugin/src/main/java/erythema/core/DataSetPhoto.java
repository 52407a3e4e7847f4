package erythema.core;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.io.FileInfo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/** The photo of a data set that an image shows. */
public final class DataSetPhoto {

  /** The name of its file without the suffix, by which a data set knows it. */
  public final String id;

  private final File file;
  private final ImagePlus stored;

  private DataSetPhoto(String id, File file, ImagePlus stored) {
    this.id = id;
    this.file = file;
    this.stored = stored;
  }

  /**
   * The file that an image was opened from or saved as last.
   *
   * @throws Problem where there is none, or where it is not that of one photo
   */
  public static File file(ImagePlus image) throws Problem {
    int photos = Photo.slices(image).length;
    if (photos > 1) {
      throw new Problem(
          image.getTitle()
              + " is a stack of "
              + photos
              + " photos, and a data set has a file for each.\nTake it apart with Image > Stacks >"
              + " Stack to Images, save each as PNG in the data set's folder, and open those files");
    }
    FileInfo info = image.getOriginalFileInfo();
    boolean saved = info != null && info.directory != null && !info.directory.isEmpty();
    if (!saved || info.fileName == null) {
      throw new Problem(
          image.getTitle()
              + " was never saved, and a data set has a file for each photo.\n"
              + "Save it as PNG in the data set's folder, with nothing drawn on it, and open that file");
    }
    return new File(info.directory, info.fileName).getAbsoluteFile();
  }

  /**
   * Finds an image's photo in the folder of a data set, where another copy of it may lie.
   *
   * @throws Problem where it is not there, or not as it is shown
   */
  public static DataSetPhoto find(ImagePlus image, String folder) throws Problem {
    File own = file(image);
    FilePath.of("folder=[" + folder + "]", folder);
    List<File> found = PhotoFolder.ofOneName(new File(folder), own.getName());
    if (found.isEmpty()) {
      throw new Problem(
          own.getName()
              + " is no photo in "
              + folder
              + ", so outlines of it would belong to none there.\n"
              + "Copy it there first, as a JPEG, PNG, TIFF or BMP file, or choose its own folder");
    }
    File file = found.get(0);
    if (found.size() > 1) {
      throw new Problem(
          file
              + " and "
              + found.get(1).getName()
              + " have one name, so outlines would belong to both.\nRename one of them");
    }
    ImagePlus stored = PhotoFile.open(file.getPath(), file.getPath());
    boolean sameSize =
        stored.getWidth() == image.getWidth() && stored.getHeight() == image.getHeight();
    if (!sameSize || !isSame(file, own) && !key(stored).equals(key(image))) {
      throw new Problem(
          file
              + " is not what "
              + image.getTitle()
              + " shows, so outlines would not fit.\nOpen that file and outline it there");
    }
    return new DataSetPhoto(PhotoFolder.name(file.getName()), file, stored);
  }

  private static boolean isSame(File one, File other) {
    try {
      return Files.isSameFile(one.toPath(), other.toPath());
    } catch (IOException gone) {
      return false;
    }
  }

  private static String key(ImagePlus image) throws Problem {
    return Photo.whole(image).key();
  }

  /**
   * Saves what a reader says of it.
   *
   * @param outlines none but where it is outlined
   * @return whether earlier outlines were kept
   */
  public boolean save(ReaderFolder reader, Reading reading, Roi[] outlines) throws Problem {
    check(reading);
    check(outlines);
    FolderLock lock = reader.lock();
    try {
      return outlines.length > 0
          ? reader.save(id, outlines, reading.reason, true)
          : reader.say(id, reading.state, reading.reason);
    } finally {
      lock.release();
    }
  }

  /** A data set takes the overlay in a photo's own TIFF file for outlines of every reader. */
  private void check(Reading reading) throws Problem {
    boolean tiff = file.getName().toLowerCase(Locale.ROOT).matches(".*\\.tiff?");
    if (reading.state.equals(Reading.NO_ERYTHEMA) && tiff && stored.getOverlay() != null) {
      throw new Problem(
          file
              + " has outlines in its own overlay, which contradict \"no erythema\".\n"
              + "Remove them with Image > Overlay > Remove Overlay, and save the photo first");
    }
  }

  private void check(Roi[] outlines) throws Problem {
    for (Roi outline : outlines) {
      if (!outline.getBounds().intersects(0, 0, stored.getWidth(), stored.getHeight())) {
        throw new Problem(
            "The outline "
                + outline.getName()
                + " lies outside of "
                + file.getName()
                + ".\nIs it another photo's? Select those that you mean in the ROI Manager");
      }
    }
  }
}
