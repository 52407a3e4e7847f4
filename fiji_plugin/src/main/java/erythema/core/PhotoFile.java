package erythema.core;

import ij.IJ;
import ij.ImagePlus;
import ij.io.Opener;
import java.io.File;

/** Opens photos without a window or a dialog. */
public final class PhotoFile {

  private PhotoFile() {}

  /**
   * The image in a file, as ImageJ opens it.
   *
   * @param name what messages call it
   */
  public static ImagePlus open(String name, String path) throws Problem {
    File file = FilePath.of(name, path).toFile().getAbsoluteFile();
    if (!file.isFile()) {
      throw new Problem(name + ": there is no such file.\nCheck the path");
    }
    Opener opener = new Opener();
    opener.setSilentMode(true);
    boolean redirecting = IJ.redirectingErrorMessages(); // a macro may have set it
    IJ.redirectErrorMessages(true);
    ImagePlus image;
    try {
      image = opener.openImage(file.getPath());
    } finally {
      IJ.redirectErrorMessages(redirecting);
    }
    if (image == null) {
      throw new Problem(name + " cannot be opened as an image.\nIs it damaged, or no photo?");
    }
    return image;
  }
}
