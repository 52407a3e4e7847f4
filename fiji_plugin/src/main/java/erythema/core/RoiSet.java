package erythema.core;

import ij.gui.ImageRoi;
import ij.gui.Roi;
import ij.gui.TextRoi;
import ij.io.RoiDecoder;
import ij.io.RoiEncoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** ImageJ's ROI sets: ZIP files of .roi entries. */
public final class RoiSet {

  private static final long SAME_TIME = 631152000000L; // 1990: equal sets give equal files
  private static final int LONGEST_ENTRY = 200; // letters

  private RoiSet() {}

  /** Reads a set; an empty ZIP file is a set of no ROIs. */
  public static Roi[] decode(byte[] zip) throws IOException {
    List<Roi> rois = new ArrayList<>();
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        rois.add(roi(entry.getName(), Streams.readAll(entries)));
      }
    }
    return rois.toArray(new Roi[0]);
  }

  private static Roi roi(String entry, byte[] bytes) throws IOException {
    try {
      return new RoiDecoder(bytes, entry.replaceFirst("\\.roi$", "")).getRoi();
    } catch (IOException | RuntimeException damaged) {
      throw new IOException(entry + " is not an ROI", damaged);
    }
  }

  /** Writes a set as the ROI Manager does: ROIs may have one name, their entries may not. */
  public static byte[] encode(Roi[] rois) throws IOException {
    Set<String> taken = new HashSet<>();
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream entries = new ZipOutputStream(zip)) {
      for (Roi roi : rois) {
        ZipEntry entry = new ZipEntry(unique(entryName(roi), taken) + ".roi");
        entry.setTime(SAME_TIME);
        entries.putNextEntry(entry);
        entries.write(RoiEncoder.saveAsByteArray(roi));
      }
    }
    return zip.toByteArray();
  }

  /** A copy with properties of its own, which a clone shares with its original. */
  static Roi copy(Roi roi) {
    return RoiDecoder.openFromByteArray(RoiEncoder.saveAsByteArray(roi));
  }

  private static String entryName(Roi roi) {
    String name = roi.getName() == null ? "outline" : roi.getName();
    return name.substring(0, Math.min(name.length(), LONGEST_ENTRY)).replaceAll("[/\\\\:\0]", "_");
  }

  private static String unique(String name, Set<String> taken) {
    String unique = name;
    for (int number = 1; !taken.add(unique); number++) {
      unique = name + "-" + number;
    }
    return unique;
  }

  /** A set to send: numbers stand for the names, which may be persons'. */
  public static byte[] encodeNumbered(Roi[] rois) throws IOException {
    Roi[] numbered = new Roi[rois.length];
    for (int i = 0; i < rois.length; i++) {
      numbered[i] = (Roi) rois[i].clone();
      numbered[i].setName(Integer.toString(i + 1));
    }
    return encode(numbered);
  }

  /** Those that are outlines: no lines, points, texts or pictures, and nothing that was drawn. */
  public static Roi[] outlines(Roi[] rois) {
    return Arrays.stream(rois).filter(RoiSet::isOutline).toArray(Roi[]::new);
  }

  /** Whether it is an outline. */
  public static boolean isOutline(Roi roi) {
    boolean other = roi instanceof TextRoi || roi instanceof ImageRoi || Overlays.isMark(roi);
    return roi.isArea() && !other;
  }

  /**
   * The outlines of the set in a file.
   *
   * @param key what named the file, for the message
   */
  public static Roi[] read(String key, String path) throws Problem {
    Path file = FilePath.of(key + "=[" + path + "]", path);
    try {
      Roi[] outlines = outlines(read(file));
      if (outlines.length > 0) {
        return outlines;
      }
    } catch (IOException unreadable) {
      // Told below, as for a file that holds none.
    }
    throw new Problem(
        key + "=[" + path + "] holds no outlines.\nName an ROI set, a .zip file, or a .roi");
  }

  /** The ROIs in a file, a set or a single one. */
  static Roi[] read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    boolean single = file.toString().toLowerCase(Locale.ROOT).endsWith(".roi");
    return single ? new Roi[] {roi("outline", bytes)} : decode(bytes);
  }

  /**
   * Saves a set. A different file of that name is kept beside it, as NAME.kept-1.zip. Of no ROIs
   * there is no file, because ImageJ cannot open an empty set.
   */
  public static void save(Roi[] rois, File file) throws IOException, Problem {
    Path target = FilePath.of("output=[" + file + "]", file.getPath());
    byte[] zip = encode(rois);
    if (Files.exists(target)) {
      if (Arrays.equals(Files.readAllBytes(target), zip)) {
        return;
      }
      WholeFile.keep(target);
    }
    if (rois.length > 0) {
      WholeFile.write(target, zip);
    }
  }
}
