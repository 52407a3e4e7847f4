package erythema.core;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A reader's session.csv: a row for each time that a photo was left. */
public final class SessionLog {

  private final CsvTable table;

  /**
   * @param reader the reader's folder
   * @throws Problem where session.csv is another table
   */
  public SessionLog(Path reader) throws Problem {
    table =
        new CsvTable(
            reader.resolve("session.csv"),
            "photo,opened,seconds,step,state,reason,draft,unchanged,corrected,removed,drawn");
    table.start(Collections.emptySet()); // without a row that a power cut ended
  }

  /**
   * Adds a row, and returns when the disk has it.
   *
   * @param millis how long the photo was shown
   * @param step how it was left: next, back, skip or close
   */
  public void add(
      String photo,
      Instant opened,
      long millis,
      String step,
      Reading reading,
      boolean draft,
      DraftChanges changes)
      throws Problem {
    List<String> row =
        new ArrayList<>(
            Arrays.asList(
                photo,
                opened.truncatedTo(ChronoUnit.SECONDS).toString(),
                String.format(Locale.ROOT, "%.1f", millis / 1000.0),
                step,
                reading.state,
                reading.reason,
                draft ? "yes" : "no"));
    row.addAll(changes.cells());
    table.append(Collections.singletonList(row));
  }
}
