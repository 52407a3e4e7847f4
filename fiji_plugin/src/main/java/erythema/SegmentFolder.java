package erythema;

import erythema.core.FolderBatch;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.ServiceAddress;

/** Segments the photos in a folder without opening a window: for macros, headless ones too. */
public final class SegmentFolder {

  private SegmentFolder() {}

  /**
   * {@code call("erythema.SegmentFolder.run", "key=value ...")}: the files that {@code erythema
   * segment} writes.
   *
   * @param options {@code input=[FOLDER]}, {@code output=[FOLDER]}, {@code subfolders}, {@code
   *     network=}, {@code threshold=}, {@code smallest=}, {@code resume} (leaves out what the
   *     output's photos.csv calls segmented), {@code service=}
   * @return the number of photos segmented
   */
  public static String run(String options) {
    return Call.run(() -> run(Options.parse(options, SegmentFolderCommand.KEYS)));
  }

  private static String run(Options options) throws Problem {
    FolderBatch batch = new FolderBatch(options);
    batch.connect(ServiceAddress.find(options.get("service")));
    return Integer.toString(batch.run());
  }
}
