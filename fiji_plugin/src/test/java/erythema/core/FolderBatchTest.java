package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
