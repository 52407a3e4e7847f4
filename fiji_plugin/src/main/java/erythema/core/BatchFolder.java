package erythema.core;

import ij.gui.Roi;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The files that a batch writes, the same as those of {@code erythema segment}. */
final class BatchFolder {

  private static final String SEGMENTED = "segmented";
  private static final int NETWORK = 10; // the columns from there on: network, version, threshold
  private static final double SIX_DIGITS = 5e-6; // so many has the column "threshold"

  private final Path folder;
  private final CsvTable photos;
  private final CsvTable reactions;

  /**
   * @throws Problem where results in it would take the place of something else
   */
  BatchFolder(File folder) throws Problem {
    this.folder = folder.toPath();
    refuseReaders(this.folder);
    photos = new CsvTable(this.folder.resolve("photos.csv"), "photo,status,reactions,message");
    reactions =
        new CsvTable(
            this.folder.resolve("reactions.csv"),
            "photo,reaction,name,area_px,longest_diameter_px,orthogonal_diameter_px,"
                + "mean_diameter_px,confidence,area_low_px,area_high_px,network,version,threshold");
  }

  private static void refuseReaders(Path folder) throws Problem {
    String[] inside = folder.toFile().list((parent, name) -> name.startsWith(PhotoFolder.READER));
    boolean readers = inside != null && inside.length > 0;
    if (readers || folder.toFile().getName().startsWith(PhotoFolder.READER)) {
      throw new Problem(
          folder
              + " holds readers' outlines, and results do not belong beside them.\n"
              + "Choose another output=");
    }
  }

  /**
   * The photos that no earlier batch has segmented.
   *
   * @throws Problem where the outlines that are there come from something else
   */
  Map<String, File> left(Map<String, File> all, NetworkInfo network, double threshold)
      throws Problem {
    Map<String, File> left = new LinkedHashMap<>(all);
    for (List<String> row : photos.rows()) {
      if (row.get(1).equals(SEGMENTED)) {
        left.remove(row.get(0));
      }
    }
    for (List<String> row : reactions.without(left.keySet())) {
      List<String> then = row.subList(NETWORK, NETWORK + 3);
      boolean same = then.get(0).equals(network.name) && then.get(1).equals(network.version);
      if (!same || !isNumber(then.get(2), threshold)) {
        throw new Problem(
            folder.resolve("reactions.csv")
                + " has outlines of "
                + told(then.get(0), then.get(1), then.get(2))
                + ", and this would go on with "
                + told(network.name, network.version, Double.toString(threshold))
                + ".\nUse those again, or choose another output=, or leave resume out to segment "
                + "all photos anew");
      }
    }
    return left;
  }

  private static boolean isNumber(String cell, double number) {
    try {
      return Math.abs(Double.parseDouble(cell) - number) <= SIX_DIGITS * number;
    } catch (NumberFormatException other) {
      return false;
    }
  }

  private static String told(String network, String version, String threshold) {
    return "network " + network + ", version " + version + ", at the threshold " + threshold;
  }

  /** Makes ready for the results of photos, whose older rows go. */
  void start(Set<String> names) throws Problem {
    Set<Path> folders = new TreeSet<>();
    folders.add(folder);
    names.stream()
        .filter(FilePath::isPath) // the others fail when their turn comes
        .forEach(name -> folders.add(folder.resolve(name).getParent()));
    for (Path each : folders) {
      refuseReaders(each);
      try {
        Files.createDirectories(each);
      } catch (IOException failed) {
        throw new Problem(
            each + " cannot be a folder for results: " + failed + ".\nChoose another output=");
      }
    }
    photos.start(names); // the first, or it would tell of reactions that are gone
    reactions.start(names);
  }

  /**
   * Writes a photo's ROI set, of no outlines none, and its picture.
   *
   * @return what to tell of it, or nothing
   */
  String write(String name, byte[] set, Roi[] outlines, byte[] picture) throws IOException {
    Path file = folder.resolve(name + ".zip");
    String told = "";
    if (Files.exists(file) && !isAsWritten(file)) {
      Path kept = WholeFile.keep(file);
      told =
          file.getFileName() + " held a person's work and is kept as " + kept.getFileName() + ".";
    }
    if (outlines.length > 0) {
      WholeFile.write(file, set);
    } else {
      Files.deleteIfExists(file);
    }
    WholeFile.write(folder.resolve(name + PhotoFolder.OVERLAY_SUFFIX), picture);
    return told;
  }

  /**
   * Whether a set holds a network's unedited outlines in a file that a batch wrote. ImageJ and
   * other programs note the time at each entry: what they saved counts as a person's work, also
   * where an outline was only deleted or renamed there.
   */
  private static boolean isAsWritten(Path file) throws IOException {
    long noTime = new GregorianCalendar(1980, 0, 1).getTimeInMillis();
    byte[] bytes = Files.readAllBytes(file);
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.getTime() != noTime) {
          return false;
        }
      }
      Roi[] outlines = RoiSet.decode(bytes);
      return outlines.length > 0
          && Arrays.stream(outlines)
              .allMatch(outline -> Provenance.isOurs(outline) && Provenance.isUnedited(outline));
    } catch (IOException damaged) {
      return false;
    }
  }

  /** The rows of a photo's reactions. */
  static List<List<String>> rows(
      String name, Roi[] outlines, List<Size> sizes, NetworkInfo network) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < outlines.length; i++) {
      rows.add(row(name, i, outlines[i], sizes.get(i), network));
    }
    return rows;
  }

  /** Adds a photo's rows. In this order: a photo whose reactions are half there is not done. */
  void addSegmented(String name, List<List<String>> rows, String message) throws Problem {
    reactions.append(rows);
    photos.append(name, SEGMENTED, Integer.toString(rows.size()), message);
  }

  private static List<String> row(
      String photo, int i, Roi outline, Size size, NetworkInfo network) {
    List<String> cells = new ArrayList<>(Arrays.asList(photo, "" + (i + 1), outline.getName()));
    for (double number : new double[] {size.area, size.longest, size.orthogonal, size.mean}) {
      cells.add(String.format(Locale.ROOT, "%.3f", number));
    }
    for (String property : new String[] {"confidence", "area_low_px", "area_high_px"}) {
      String value = outline.getProperty("erythema." + property);
      cells.add(value == null ? "" : value);
    }
    cells.add(network.name);
    cells.add(network.version);
    String threshold = outline.getProperty("erythema.threshold");
    cells.add(Objects.requireNonNull(threshold, "an outline has no threshold"));
    return cells;
  }

  /** Adds the row of a photo that could not be segmented. */
  void addFailed(String name, String message) throws Problem {
    photos.append(name, "failed", "0", message);
  }
}
