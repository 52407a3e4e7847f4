package erythema.core;

import ij.gui.Roi;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a reader says of the photos of a data set: FOLDER/reader_NAME with an ROI set ID.zip for
 * each photo that is outlined, readings.csv, and in earlier/ the outlines that others took the
 * place of.
 *
 * <p>Between any two steps of a change the files tell no contradiction: a row that will not fit
 * goes first, then the outlines come or go, and then comes the new row.
 */
public final class ReaderFolder {

  private static final String NAME = "(?!consensus$)[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?";
  private static final String LAST = "reader";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  public final Path path;
  private final Path table;

  private ReaderFolder(Path path) {
    this.path = path;
    table = path.resolve("readings.csv");
  }

  /**
   * A reader's folder in a data set; it need not be there yet, and is made once something is said.
   *
   * @param key of the option that names the data set, for messages
   * @param reader a to z, 0 to 9 and hyphens; capitals count as small letters
   */
  public static ReaderFolder open(String key, String folder, String reader) throws Problem {
    Path dataSet = FilePath.of(key + "=[" + folder + "]", folder);
    if (!Files.isDirectory(dataSet)) {
      throw new Problem(key + "=[" + folder + "]: there is no such folder.\nCheck the path");
    }
    return new ReaderFolder(dataSet.resolve(PhotoFolder.READER + checked(reader)));
  }

  /** The name of a reader in small letters. */
  public static String checked(String reader) throws Problem {
    String name = reader == null ? "" : reader.trim().toLowerCase(Locale.ROOT);
    if (!name.matches(NAME)) {
      throw new Problem(
          (reader == null ? "reader= is missing" : "reader=[" + reader + "] is no reader's name")
              + ".\nIt has 1 to 32 of the letters a to z, digits, and hyphens between them, as in"
              + " reader=anna or reader=reader-2, and is not consensus");
    }
    return name;
  }

  /** The name that was given last, also before ImageJ was closed; empty where none was. */
  public static String lastReader() {
    String last = Preferences.get(LAST);
    return last == null ? "" : last;
  }

  /** Keeps a name for the next time, and gives it as {@link #checked} does. */
  public static String remember(String reader) throws Problem {
    Preferences.set(LAST, checked(reader));
    Preferences.save();
    return checked(reader);
  }

  /**
   * Keeps the folder, which is made where it is not there, for one writer at a time.
   *
   * @throws Problem where another one has it
   */
  public FolderLock lock() throws Problem {
    return new FolderLock(path, "Another session of this reader", "end it");
  }

  /** The reader's outlines of a photo; none where there are none. */
  public Roi[] outlines(String photo) throws Problem {
    return tried(
        () -> {
          List<Path> sets = sets(photo);
          Roi[] outlines = sets.isEmpty() ? new Roi[0] : RoiSet.read(sets.get(0));
          if (!sets.isEmpty() && outlines.length == 0) {
            throw new IOException(photo + ".zip holds no outlines"); // it is damaged
          }
          return outlines;
        });
  }

  /** What the reader says of a photo; where its row does not fit its outlines, it is unread. */
  public Reading reading(String photo) throws Problem {
    return tried(
        () -> {
          Reading said = Readings.read(table).of(photo);
          String state = said == null ? Reading.UNREAD : said.state;
          boolean other = !state.equals(Reading.NO_ERYTHEMA) && !state.equals(Reading.UNUSABLE);
          if (!sets(photo).isEmpty() && state.equals(Reading.NO_ERYTHEMA)) {
            return new Reading(Reading.UNREAD, "");
          }
          if (!sets(photo).isEmpty() && !state.equals(Reading.UNUSABLE)) {
            return new Reading(Reading.OUTLINED, other && said != null ? said.reason : "");
          }
          return other ? new Reading(Reading.UNREAD, "") : said;
        });
  }

  /**
   * Saves the outlines of a photo, which is outlined then, each with a note of whose work it is.
   *
   * @param outlines at least one; they are not changed themselves
   * @param reason any remark, or nothing
   * @param keep whether other outlines that are there are kept in earlier/
   * @return whether some were kept
   */
  public boolean save(String photo, Roi[] outlines, String reason, boolean keep) throws Problem {
    return tried(
        () -> {
          byte[] set = RoiSet.encode(Provenance.signed(outlines));
          return change(photo, set, new Reading(Reading.OUTLINED, reason), keep);
        });
  }

  /**
   * Says of a photo that nothing is outlined. Outlines that are there are kept in earlier/.
   *
   * @param state no erythema, unusable, or unread to take back all that was said
   * @return whether some were kept
   */
  public boolean say(String photo, String state, String reason) throws Problem {
    return tried(() -> change(photo, null, new Reading(state, reason), true));
  }

  private boolean change(String photo, byte[] set, Reading reading, boolean keep)
      throws IOException, Problem {
    Files.createDirectories(path);
    Readings readings = Readings.read(table);
    Reading said = readings.of(photo);
    List<Path> found = sets(photo);
    Path target = path.resolve(photo + ".zip");
    boolean same = set != null && found.equals(Collections.singletonList(target));
    same = same && Arrays.equals(Files.readAllBytes(target), set);
    boolean kept = keep && !same && !found.isEmpty();
    if (kept) {
      for (Path file : found) {
        keep(photo, file);
      }
    }
    if (said != null && !said.state.equals(reading.state)) {
      WholeFile.write(table, readings.without(photo).encode());
    }
    if (!same && set != null) {
      WholeFile.write(target, set);
      found.remove(target);
    }
    for (Path file : same ? Collections.<Path>emptyList() : found) {
      if (set == null || !Files.isSameFile(file, target)) { // P1.ZIP is P1.zip on some systems
        Files.delete(file);
      }
    }
    if (!reading.state.equals(Reading.UNREAD) && !reading.isSameAs(said)) {
      WholeFile.write(table, readings.with(photo, reading).encode());
    }
    return kept;
  }

  private void keep(String photo, Path file) throws IOException {
    Path earlier = Files.createDirectories(path.resolve("earlier"));
    String time = photo + "." + TIME.format(Instant.now());
    String suffix = suffix(file);
    Path free = earlier.resolve(time + suffix);
    for (int number = 2; Files.exists(free); number++) {
      free = earlier.resolve(time + "-" + number + suffix);
    }
    WholeFile.write(free, Files.readAllBytes(file));
  }

  /** The files that hold outlines of a photo, the first of which counts. */
  private List<Path> sets(String photo) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(path)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
        for (Path file : files) {
          String suffix = suffix(file);
          boolean set = suffix.equalsIgnoreCase(".zip") || suffix.equalsIgnoreCase(".roi");
          if (set && file.getFileName().toString().equals(photo + suffix)) {
            found.add(file);
          }
        }
      }
    }
    Collections.sort(found);
    return found;
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(Math.max(name.lastIndexOf('.'), 0));
  }

  private interface Work<T> {
    T run() throws IOException, Problem;
  }

  private <T> T tried(Work<T> work) throws Problem {
    try {
      return work.run();
    } catch (IOException failed) {
      throw new Problem(
          path
              + " cannot be read or written: "
              + failed.getMessage()
              + ".\nClose its files where they are open, make space on the disk, or check its"
              + " permissions");
    }
  }
}
