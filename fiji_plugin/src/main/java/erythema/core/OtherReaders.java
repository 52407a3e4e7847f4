package erythema.core;

import ij.ImagePlus;
import ij.gui.Roi;
import java.awt.Color;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Outlines that are shown beside a reader's own ones, which they never become. */
public final class OtherReaders {

  private static final String KIND = "reader";

  private OtherReaders() {}

  /**
   * What the other readers of a data set outlined in a photo; files that are damaged are left out.
   */
  public static List<Roi> outlines(File folder, Path reader, String photo) {
    File[] others =
        folder.listFiles(
            file ->
                file.getName().startsWith(PhotoFolder.READER)
                    && !file.getName().equals(reader.getFileName().toString()));
    List<Roi> outlines = new ArrayList<>();
    for (File other : others == null ? new File[0] : others) {
      outlines.addAll(outlines(other.toPath().resolve(photo + ".zip")));
    }
    return outlines;
  }

  /** The outlines in a file; none where there is none. */
  public static List<Roi> outlines(Path set) {
    try {
      return Arrays.asList(RoiSet.outlines(RoiSet.read(set)));
    } catch (IOException none) {
      return Collections.emptyList();
    }
  }

  /** Draws outlines on an image thinly, in place of those that were drawn so before. */
  public static void draw(ImagePlus image, List<Roi> outlines) {
    for (Roi outline : outlines) {
      outline.setStrokeColor(Color.CYAN);
      outline.setStrokeWidth(1);
    }
    Overlays.draw(image, KIND, outlines);
  }
}
