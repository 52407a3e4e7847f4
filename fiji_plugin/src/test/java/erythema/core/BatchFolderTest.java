package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Collections.singleton;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.Roi;
import ij.io.RoiEncoder;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchFolderTest {

  private static final byte[] PICTURE = {1, 2, 3};
  private static final String HEADER =
      "photo,reaction,name,area_px,longest_diameter_px,orthogonal_diameter_px,mean_diameter_px,"
          + "confidence,area_low_px,area_high_px,network,version,threshold\r\n";

  @TempDir Path folder;

  private final Roi found = found("erythema 1");

  private static Roi found(String name) {
    Roi roi = Samples.triangle(name);
    roi.setProperty("erythema.source", "model");
    roi.setProperty("erythema.threshold", "0.5");
    Provenance.seal(roi);
    return roi;
  }

  /** A set as the service writes it: its entries are of no time, that is of 1980. */
  private static byte[] set(Roi roi) throws IOException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream entries = new ZipOutputStream(zip)) {
      ZipEntry entry = new ZipEntry(roi.getName() + ".roi");
      entry.setTime(new GregorianCalendar(1980, 0, 1).getTimeInMillis());
      entries.putNextEntry(entry);
      entries.write(RoiEncoder.saveAsByteArray(roi));
    }
    return zip.toByteArray();
  }

  private BatchFolder open() throws Problem {
    return new BatchFolder(folder.toFile());
  }

  private String write(byte[] set, Roi... outlines) throws Exception {
    return open().write("P1", set, outlines, PICTURE);
  }

  private byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(folder.resolve(file));
  }

  private static NetworkInfo network(String name, String version) throws Problem {
    String json = "[{\"name\": \"%s\", \"version\": \"%s\", \"fingerprint\": \"f\",";
    String numbers = " \"threshold\": 0.5, \"smallest_area\": 0.01}]";
    return NetworkInfo.parse(
        new Answer((String.format(json, name, version) + numbers).getBytes(UTF_8), null));
  }

  private static Map<String, File> photos(String... names) {
    Map<String, File> photos = new LinkedHashMap<>();
    for (String name : names) {
      photos.put(name, new File(name + ".jpg"));
    }
    return photos;
  }

  @Test
  void aPhotoHasItsSetAndItsPicture() throws Exception {
    byte[] set = set(found);
    assertEquals("", write(set, found));
    assertArrayEquals(set, bytes("P1.zip"));
    assertArrayEquals(PICTURE, bytes("P1.overlay.jpg"));
    assertEquals(2, folder.toFile().list().length);
  }

  @Test
  void aSetAsItWasWrittenIsReplaced() throws Exception {
    Files.write(folder.resolve("P1.zip"), set(found("erythema 2")));
    assertEquals("", write(set(found), found));
    assertArrayEquals(set(found), bytes("P1.zip"));
  }

  @Test
  void whereNothingIsFoundNowTheSetGoes() throws Exception {
    Files.write(folder.resolve("P1.zip"), set(found));
    write(new byte[0]);
    assertFalse(Files.exists(folder.resolve("P1.zip")));
  }

  @Test
  void aPersonsWorkIsKept() throws Exception {
    Roi dragged = found("erythema 1");
    dragged.setLocation(7, 7);
    Roi drawn = Samples.triangle("mine");
    byte[] savedLater = RoiSet.encode(new Roi[] {found});
    byte[][] works = {set(dragged), set(drawn), savedLater, "notes".getBytes(UTF_8)};
    for (int i = 0; i < works.length; i++) {
      Files.write(folder.resolve("P1.zip"), works[i]);
      String kept = "P1.kept-" + (i + 1) + ".zip";
      assertEquals(
          "P1.zip held a person's work and is kept as " + kept + ".", write(set(found), found));
      assertArrayEquals(works[i], bytes(kept));
      assertArrayEquals(set(found), bytes("P1.zip"));
    }
  }

  @Test
  void segmentedPhotosAreLeftOut() throws Exception {
    Files.write(
        folder.resolve("photos.csv"),
        "photo,status,reactions,message\r\nP1,segmented,0,\r\nP2,failed,0,no\r\n".getBytes(UTF_8));
    Map<String, File> left = open().left(photos("P1", "P2", "P3"), network("n", "1"), 0.5);
    assertEquals(photos("P2", "P3"), left);
  }

  @Test
  void outlinesOfAnotherNetworkVersionOrThresholdAreNotMixed() throws Exception {
    String row = "P1,1,erythema 1,1.000,1.000,1.000,1.000,,,,n,1,0.123457\r\n";
    Files.write(folder.resolve("reactions.csv"), (HEADER + row).getBytes(UTF_8));
    BatchFolder output = open();
    Map<String, File> other = photos("P2");
    assertEquals(other, output.left(other, network("n", "1"), 0.1234567));
    assertEquals(photos("P1"), output.left(photos("P1"), network("n", "2"), 0.5), "P1 is redone");
    assertThrows(Problem.class, () -> output.left(other, network("m", "1"), 0.1234567));
    assertThrows(Problem.class, () -> output.left(other, network("n", "2"), 0.1234567));
    String message =
        assertThrows(Problem.class, () -> output.left(other, network("n", "1"), 0.5)).getMessage();
    assertTrue(
        message.contains(
            "network n, version 1, at the threshold 0.123457, and this would go on with "
                + "network n, version 1, at the threshold 0.5"),
        message);
  }

  @Test
  void aSubfolderIsMadeButNotAmongReadersOutlines() throws Exception {
    open().start(singleton("left/P1"));
    assertTrue(Files.isDirectory(folder.resolve("left")));
    Files.createDirectory(folder.resolve("left/reader_a"));
    String message =
        assertThrows(Problem.class, () -> open().start(singleton("left/P1"))).getMessage();
    assertTrue(message.startsWith(folder.resolve("left") + " holds readers' outlines"), message);
  }
}
