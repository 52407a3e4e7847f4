package erythema;

import erythema.core.DataSetPhoto;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.ReaderFolder;
import erythema.core.Reading;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;

/** Saves outlines as a reader's without opening a window: for macros, headless ones too. */
public final class Save {

  static final String[] KEYS = {"folder=", "reader=", "state=", "reason="};

  private Save() {}

  /**
   * {@code call("erythema.Save.run", "key=value ...")}: a photo's outlines go into a data set, in
   * place of those that the same reader had there, which are kept.
   *
   * @param options {@code photo=[FILE]} with {@code rois=[FILE]} (the current image and its
   *     outlines where omitted), {@code reader=NAME}, {@code folder=[FOLDER]} (the photo's own
   *     where omitted), {@code state=outlined}, {@code [no erythema]} or {@code unusable}, {@code
   *     reason=}
   * @return the number of outlines
   */
  public static String run(String options) {
    return Call.run(() -> run(Options.parse(options, Call.keys(KEYS, "photo=", "rois="))));
  }

  private static String run(Options options) throws Problem {
    return Integer.toString(run(Call.photo(options), options));
  }

  static int run(ImagePlus image, Options options) throws Problem {
    Outlines.check(image);
    Reading reading = Reading.of(options);
    String folder = options.get("folder");
    folder = folder == null ? DataSetPhoto.file(image).getParent() : folder;
    ReaderFolder reader = ReaderFolder.open("folder", folder, options.get("reader"));
    DataSetPhoto photo = DataSetPhoto.find(image, folder);
    Roi[] outlines = Outlines.of(image, reading, options);
    boolean kept = photo.save(reader, reading, outlines);
    IJ.showStatus(
        "Saved "
            + photo.id
            + " as "
            + reading.state
            + " in "
            + reader.path.getFileName()
            + (kept ? "; the earlier outlines are kept in its folder earlier" : ""));
    return outlines.length;
  }
}
