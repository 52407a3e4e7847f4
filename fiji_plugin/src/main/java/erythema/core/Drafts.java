package erythema.core;

import ij.gui.Roi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Outlines that a network finds in photos while a reader is at work with others. */
public final class Drafts {

  private static final int STATUS = 1;
  private static final int COLUMNS = 4;

  private final Path folder;

  /**
   * @param folder as {@code erythema segment} fills it
   */
  public Drafts(Path folder) {
    this.folder = folder;
  }

  /**
   * The outlines found in a photo, or null where the network has not come to it.
   *
   * @throws Problem where there are none, with the reason
   */
  public Roi[] of(String id) throws Problem {
    List<String> row = row(id);
    if (row == null) {
      return null;
    }
    if (!row.get(STATUS).equals("segmented")) {
      throw new Problem("There is no draft: the photo could not be segmented");
    }
    Path set = folder.resolve(id + ".zip");
    try {
      Roi[] outlines = Files.exists(set) ? RoiSet.outlines(RoiSet.read(set)) : new Roi[0];
      Arrays.stream(outlines).forEach(Provenance::seal); // a reader's may be a draft, too
      return outlines;
    } catch (IOException damaged) {
      throw new Problem("There is no draft: its outlines cannot be read");
    }
  }

  private List<String> row(String id) {
    try {
      byte[] table = Files.readAllBytes(folder.resolve("photos.csv"));
      String text = new String(table, StandardCharsets.UTF_8);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1); // the rest is being written
      return CsvTable.parse(whole).stream()
          .filter(row -> row.size() >= COLUMNS && row.get(0).equals(id))
          .findFirst()
          .orElse(null);
    } catch (IOException none) {
      return null;
    }
  }
}
