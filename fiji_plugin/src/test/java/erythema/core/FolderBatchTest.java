package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.Roi;
import ij.io.FileSaver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two photos, a stand-in for the service, and what the tables tell of them. */
class FolderBatchTest {

  private static final String NETWORK =
      "[{\"name\": \"n\", \"version\": \"1\", \"fingerprint\": \"f\", \"threshold\": 0.5,"
          + " \"smallest_area\": 0.01}]";

  @TempDir Path folder;
  private Path photo;
  private StandInService service;

  @BeforeEach
  void start() throws Exception {
    photo = Files.createDirectories(folder.resolve("in")).resolve("P1.png");
    new FileSaver(Samples.twoPixels()).saveAsPng(photo.toString());
    new FileSaver(Samples.twoPixels()).saveAsPng(photo.resolveSibling("P2.png").toString());
    service = new StandInService().at("/networks", 200, "application/json", NETWORK);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private FolderBatch connected() throws Problem {
    String options = "input=[" + folder.resolve("in") + "] output=[" + folder.resolve("out") + "]";
    FolderBatch batch = new FolderBatch(Options.parse(options, FolderBatch.KEYS));
    batch.connect(service.address());
    return batch;
  }

  private String photos() throws IOException {
    return new String(Files.readAllBytes(folder.resolve("out/photos.csv")), UTF_8);
  }

  @Test
  void aPhotoThatWasRemovedMeanwhileFailsAlone() throws Exception {
    service.outlines(RoiSet.encode(new Roi[0]), 0);
    FolderBatch batch = connected();
    Files.delete(photo);
    assertEquals(1, batch.run());
    assertEquals(
        "photo,status,reactions,message\r\n"
            + "P1,failed,0,P1.png: the file is not there any more.\r\n"
            + "P2,segmented,0,\r\n",
        photos());
  }

  @Test
  void sizesThatCannotBeReadFailTheirPhotosAlone() throws Exception {
    Roi found = Samples.triangle("erythema 1");
    service.outlines(RoiSet.encode(new Roi[] {found}), 1).at("/measure", 200, "text/csv", "a\r\n1");
    assertEquals(0, connected().run());
    String failed = ".png: The service's sizes cannot be read. Install";
    assertTrue(photos().contains("P1,failed,0,P1" + failed), photos());
    assertTrue(photos().contains("P2,failed,0,P2" + failed), photos());
  }

  @Test
  void outlinesWithoutAThresholdFailTheirPhotosAloneAndLeaveNoSet() throws Exception {
    Roi found = Samples.triangle("erythema 1");
    String sizes = "the columns\r\n1,1,12,5,3.75,4.375,0,0,4,3,3,0,1,3\r\n";
    service.outlines(RoiSet.encode(new Roi[] {found}), 1).at("/measure", 200, "text/csv", sizes);
    assertEquals(0, connected().run());
    assertTrue(photos().contains("P2,failed,0,P2.png: its results cannot be used"), photos());
    assertFalse(Files.exists(folder.resolve("out/P1.zip")));
  }

  @Test
  void aFolderTakesOneBatchAtATime() throws Exception {
    service.outlines(RoiSet.encode(new Roi[0]), 0);
    Path out = folder.resolve("out");
    FolderLock other = new FolderLock(out);
    FolderBatch batch = connected();
    assertEquals(
        "Another batch is writing into "
            + out
            + ".\nWait until it has ended, or choose another output=",
        assertThrows(Problem.class, batch::run).getMessage());
    other.release();
    assertEquals(2, batch.run());
    assertFalse(Files.exists(out.resolve(".erythema.lock")));
  }

  @Test
  void whatAnotherBatchWroteSinceThisOneWasAskedForStays() throws Exception {
    service.outlines(RoiSet.encode(new Roi[0]), 0);
    FolderBatch batch = connected();
    Path table = Files.createDirectories(folder.resolve("out")).resolve("photos.csv");
    Files.write(table, "photo,status,reactions,message\r\nP0,segmented,0,\r\n".getBytes(UTF_8));
    batch.run();
    assertTrue(photos().contains("P0,segmented,0,"), photos());
  }
}
