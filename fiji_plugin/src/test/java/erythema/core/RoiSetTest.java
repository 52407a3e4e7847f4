package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.gui.Line;
import ij.gui.PointRoi;
import ij.gui.Roi;
import ij.gui.TextRoi;
import ij.io.RoiEncoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoiSetTest {

  private static final Roi[] ONE = {Samples.triangle("erythema 1")};
  private static final Roi[] TWO = {Samples.triangle("erythema 1"), Samples.triangle("erythema 2")};

  @TempDir Path folder;

  private Roi[] read(String file) throws IOException {
    return RoiSet.decode(Files.readAllBytes(folder.resolve(file)));
  }

  private File file() {
    return folder.resolve("arm.zip").toFile();
  }

  @Test
  void outlinesKeepCornersNameTypeAndProperties() throws Exception {
    Roi roi = RoiSet.decode(RoiSet.encode(ONE))[0];
    assertEquals("erythema 1", roi.getName());
    assertEquals(Roi.POLYGON, roi.getType());
    assertArrayEquals(new float[] {0.0625f, 1.9375f, 1.5f}, roi.getFloatPolygon().xpoints);
    assertArrayEquals(new float[] {0.25f, 0.125f, 0.875f}, roi.getFloatPolygon().ypoints);
    assertEquals("default", roi.getProperty("erythema.model"));
  }

  @Test
  void outlinesOfOneNameAreAllKeptUnderIt() throws Exception {
    Roi[] same = {Samples.triangle("birch"), Samples.triangle("birch"), Samples.triangle("birch")};
    byte[] zip = RoiSet.encode(same);
    assertArrayEquals(new String[] {"birch.roi", "birch-1.roi", "birch-2.roi"}, entries(zip));
    assertEquals("birch", RoiSet.decode(zip)[2].getName());
  }

  @Test
  void anyNameIsKeptAndItsEntryLiesInNoFolder() throws Exception {
    Roi[] roi = {Samples.triangle("../birch/pollen: 1")};
    byte[] zip = RoiSet.encode(roi);
    assertArrayEquals(new String[] {".._birch_pollen_ 1.roi"}, entries(zip));
    assertEquals("../birch/pollen: 1", RoiSet.decode(zip)[0].getName());
  }

  private static String[] entries(byte[] zip) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names.toArray(new String[0]);
  }

  @Test
  void anEmptyZipIsASetOfNoOutlines() throws Exception {
    byte[] empty = new byte[22];
    empty[0] = 'P';
    empty[1] = 'K';
    empty[2] = 5;
    empty[3] = 6;
    assertEquals(0, RoiSet.decode(empty).length);
  }

  @Test
  void anEntryThatIsNoOutlineIsNamed() throws Exception {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream entries = new ZipOutputStream(zip)) {
      entries.putNextEntry(new ZipEntry("notes.txt"));
      entries.write("some words about this arm, and no outline".getBytes());
    }
    IOException problem = assertThrows(IOException.class, () -> RoiSet.decode(zip.toByteArray()));
    assertEquals("notes.txt is not an ROI", problem.getMessage());
  }

  @Test
  void aDifferentFileIsKeptUnderANumberedName() throws Exception {
    RoiSet.save(ONE, file());
    RoiSet.save(TWO, file());
    RoiSet.save(ONE, file());
    assertEquals(1, read("arm.zip").length);
    assertEquals(1, read("arm.kept-1.zip").length);
    assertEquals(2, read("arm.kept-2.zip").length);
  }

  @Test
  void theSameFileIsNotCopied() throws Exception {
    RoiSet.save(ONE, file());
    RoiSet.save(ONE, file());
    assertArrayEquals(new String[] {"arm.zip"}, folder.toFile().list());
  }

  @Test
  void nothingFoundLeavesNoFileOfThatName() throws Exception {
    RoiSet.save(ONE, file());
    RoiSet.save(new Roi[0], file());
    assertFalse(file().exists());
    assertEquals(1, read("arm.kept-1.zip").length);
  }

  @Test
  void aSetIsReadWithoutWhatIsNoOutline() throws Exception {
    Roi outline = Samples.triangle("erythema 1");
    outline.setProperty("erythema.role", "erythema"); // as the service calls what it finds
    Roi[] drawn = {new Line(0, 0, 9, 0), new TextRoi(0, 0, "1 cm"), outline, new PointRoi(1, 1)};
    Files.write(file().toPath(), RoiSet.encode(drawn));
    Roi[] read = RoiSet.read("drawn", file().getPath());
    assertEquals(1, read.length);
    assertEquals("erythema 1", read[0].getName());
  }

  @Test
  void linesAloneAreNoOutlines() throws Exception {
    Files.write(file().toPath(), RoiSet.encode(new Roi[] {new Line(0, 0, 9, 0)}));
    Problem problem = assertThrows(Problem.class, () -> RoiSet.read("drawn", file().getPath()));
    assertEquals(
        "drawn=[" + file() + "] holds no outlines.\nName an ROI set, a .zip file, or a .roi",
        problem.getMessage());
  }

  @Test
  void capitalsAreReadInAnyLanguage() throws Exception {
    Locale before = Locale.getDefault();
    Path file = folder.resolve("ARM.ROI");
    Files.write(file, RoiEncoder.saveAsByteArray(ONE[0]));
    Locale.setDefault(Locale.forLanguageTag("tr")); // whose small I has no dot
    try {
      assertEquals(1, RoiSet.read("drawn", file.toString()).length);
    } finally {
      Locale.setDefault(before);
    }
  }
}
