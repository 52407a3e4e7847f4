package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.io.RoiEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReaderFolderTest {

  private static final Roi[] SMALL = {new Roi(0, 0, 2, 2)};
  private static final Roi[] LARGE = {new Roi(0, 0, 5, 5)};

  @TempDir Path folder;
  private ReaderFolder anna;

  @BeforeEach
  void open() throws Problem {
    anna = ReaderFolder.open("folder", folder.toString(), "Anna");
  }

  private String readings() throws Exception {
    return new String(Files.readAllBytes(anna.path.resolve("readings.csv")), UTF_8);
  }

  private void readings(String rows) throws Exception {
    Files.createDirectories(anna.path);
    Files.write(anna.path.resolve("readings.csv"), ("photo,state,reason\n" + rows).getBytes(UTF_8));
  }

  private List<Path> earlier() throws Exception {
    Path earlier = anna.path.resolve("earlier");
    if (!Files.exists(earlier)) {
      return Collections.emptyList();
    }
    try (Stream<Path> files = Files.list(earlier)) {
      return files.sorted().collect(Collectors.toList());
    }
  }

  private Roi[] kept(int i) throws Exception {
    return RoiSet.decode(Files.readAllBytes(earlier().get(i)));
  }

  @Test
  void outlinesAreReadAsTheyWereSaved() throws Exception {
    assertFalse(anna.save("P1", LARGE, "", true));
    assertEquals(folder.resolve("reader_anna"), anna.path);
    assertEquals(LARGE[0].getBounds(), anna.outlines("P1")[0].getBounds());
    assertEquals("photo,state,reason\r\nP1,outlined,\r\n", readings());
    assertEquals("outlined", anna.reading("P1").state);
  }

  @Test
  void ofWhatIsUnreadThereIsNothingAndNoFolderIsMade() throws Exception {
    assertEquals("unread", anna.reading("P1").state);
    assertEquals(0, anna.outlines("P1").length);
    assertFalse(Files.exists(anna.path));
  }

  @Test
  void whatIsReplacedIsKeptWithItsTime() throws Exception {
    anna.save("P1", SMALL, "", true);
    assertTrue(anna.save("P1", LARGE, "", true));
    assertTrue(anna.save("P1", SMALL, "", true));
    assertEquals(2, earlier().size());
    for (Path copy : earlier()) {
      String name = copy.getFileName().toString();
      assertTrue(name.matches("P1\\.\\d{8}T\\d{6}Z(-2)?\\.zip"), name);
    }
    assertEquals(2, kept(0)[0].getBounds().width + kept(1)[0].getBounds().width - 5);
  }

  @Test
  void withinOneVisitNothingMoreIsKept() throws Exception {
    anna.save("P1", SMALL, "", true);
    assertFalse(anna.save("P1", LARGE, "", false));
    assertEquals(0, earlier().size());
  }

  @Test
  void theVerySameOutlinesAreNoReplacement() throws Exception {
    anna.save("P1", LARGE, "", true);
    assertFalse(anna.save("P1", LARGE, "faint", true));
    assertEquals(0, earlier().size());
    assertEquals("photo,state,reason\r\nP1,outlined,faint\r\n", readings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no erythema", "unusable"})
  void outlinesMakeWayForAStatementAndAreKept(String state) throws Exception {
    anna.save("P1", LARGE, "", false);
    assertTrue(anna.say("P1", state, "dark"));
    assertEquals("photo,state,reason\r\nP1," + state + ",dark\r\n", readings());
    assertFalse(Files.exists(anna.path.resolve("P1.zip")));
    assertEquals(5, kept(0)[0].getBounds().width);
    assertEquals(state, anna.reading("P1").state);
    assertEquals("dark", anna.reading("P1").reason);
  }

  @Test
  void aStatementMakesWayForOutlines() throws Exception {
    anna.say("P1", "unusable", "dark");
    anna.save("P1", LARGE, "", true);
    assertEquals("photo,state,reason\r\nP1,outlined,\r\n", readings());
  }

  @Test
  void whatIsTakenBackIsUnread() throws Exception {
    anna.save("P1", LARGE, "", true);
    assertTrue(anna.say("P1", "unread", ""));
    assertEquals("photo,state,reason\r\n", readings());
    assertEquals("unread", anna.reading("P1").state);
    assertEquals(1, earlier().size());
  }

  @Test
  void aSingleRoiFileIsReadAndMakesWay() throws Exception {
    readings("");
    byte[] single = RoiEncoder.saveAsByteArray(SMALL[0]);
    Files.write(anna.path.resolve("P1.roi"), single);
    assertEquals(2, anna.outlines("P1")[0].getBounds().width);
    assertEquals("outlined", anna.reading("P1").state);
    anna.save("P1", LARGE, "", true);
    assertFalse(Files.exists(anna.path.resolve("P1.roi")));
    assertArrayEquals(single, Files.readAllBytes(earlier().get(0)));
    assertTrue(earlier().get(0).toString().endsWith(".roi"));
  }

  @Test
  void anotherPhotosFilesAreNotTaken() throws Exception {
    anna.save("P1.2", LARGE, "", true);
    assertEquals("unread", anna.reading("P1").state);
    assertEquals(0, anna.outlines("P1").length);
  }

  @Test
  void theRowThatDoesNotFitGoesBeforeTheOutlinesCome() throws Exception {
    anna.say("P1", "no erythema", "");
    Files.createDirectory(anna.path.resolve("P1.zip.part")); // so that the outlines cannot come
    assertThrows(Problem.class, () -> anna.save("P1", LARGE, "", true));
    assertEquals("photo,state,reason\r\n", readings());
  }

  @Test
  void aRowThatDoesNotFitItsOutlinesCountsForNothing() throws Exception {
    readings("P1,outlined,\nP2,no erythema,\nP3,blurred,\n");
    assertEquals("unread", anna.reading("P1").state);
    assertEquals("unread", anna.reading("P3").state);
    Files.write(anna.path.resolve("P2.zip"), RoiSet.encode(LARGE));
    assertEquals("unread", anna.reading("P2").state);
  }

  @Test
  void aSetWithoutOutlinesIsDamaged() throws Exception {
    Files.createDirectories(anna.path);
    Files.write(anna.path.resolve("P1.zip"), "no ZIP".getBytes(UTF_8));
    Problem problem = assertThrows(Problem.class, () -> anna.outlines("P1"));
    assertTrue(problem.getMessage().contains("P1.zip holds no outlines"), problem.getMessage());
  }

  @Test
  void aFittedSplineIsSavedAsItsCorners() throws Exception {
    PolygonRoi drawn = (PolygonRoi) Samples.triangle("birch");
    drawn.fitSpline(40);
    anna.save("P1", new Roi[] {drawn}, "", true);
    PolygonRoi saved = (PolygonRoi) anna.outlines("P1")[0];
    assertFalse(saved.isSplineFit());
    assertEquals("birch", saved.getName());
    assertTrue(saved.getNCoordinates() > 3);
  }

  @Test
  void eachOutlineSaysWhoseWorkItIs() throws Exception {
    Roi drawn = new Roi(0, 0, 5, 5);
    Roi found = Samples.triangle("erythema 1");
    found.setProperty("erythema.source", "model");
    Provenance.seal(found);
    Roi changed = Samples.triangle("birch");
    changed.setProperties(found.getProperties());
    changed.setLocation(3, 3);
    anna.save("P1", new Roi[] {drawn, found, changed}, "", true);
    Roi[] saved = anna.outlines("P1");
    assertEquals("reader", saved[0].getProperty("erythema.source"));
    assertEquals("erythema", saved[0].getProperty("erythema.role"));
    assertEquals("model", saved[1].getProperty("erythema.source"));
    assertTrue(Provenance.isUnedited(saved[1]));
    assertEquals("corrected", saved[2].getProperty("erythema.source"));
    assertEquals("default", saved[2].getProperty("erythema.model"));
    assertEquals("birch", saved[2].getName());
    assertNull(drawn.getProperty("erythema.source"), "a person's own is not changed");
    assertEquals("model", changed.getProperty("erythema.source"));
  }

  @Test
  void aDamagedSetIsToldAndStays() throws Exception {
    anna.save("P1", LARGE, "", true);
    ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(anna.path.resolve("P1.zip")));
    zip.putNextEntry(new ZipEntry("a.roi"));
    zip.close();
    String message = assertThrows(Problem.class, () -> anna.outlines("P1")).getMessage();
    assertTrue(message.startsWith(anna.path + " cannot be read or written: a.roi"), message);
  }

  @Test
  void oneWriterAtATimeHasTheFolder() throws Exception {
    FolderLock session = anna.lock();
    String message = assertThrows(Problem.class, () -> anna.lock()).getMessage();
    assertEquals(
        "Another session of this reader is writing into "
            + anna.path
            + ".\nWait until it has ended, or end it",
        message);
    session.release();
    anna.lock().release();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "a b", "../a", "ü", "a1234567890123456789012345678901x"})
  void anotherNameIsRefused(String name) {
    String message =
        assertThrows(Problem.class, () -> ReaderFolder.open("folder", folder.toString(), name))
            .getMessage();
    assertTrue(message.startsWith("reader=[" + name + "] is no reader's name.\n"), message);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path none = folder.resolve("none");
    String message =
        assertThrows(Problem.class, () -> ReaderFolder.open("folder", none.toString(), "anna"))
            .getMessage();
    assertEquals("folder=[" + none + "]: there is no such folder.\nCheck the path", message);
  }
}
