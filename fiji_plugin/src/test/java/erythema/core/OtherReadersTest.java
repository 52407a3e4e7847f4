package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ij.ImagePlus;
import ij.gui.Roi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherReadersTest {

  @TempDir Path folder;

  private void save(String reader, byte[] set) throws Exception {
    Path file = Files.createDirectories(folder.resolve("reader_" + reader)).resolve("arm.zip");
    Files.write(file, set);
  }

  private List<Roi> others() {
    return OtherReaders.outlines(folder.toFile(), folder.resolve("reader_anna"), "arm");
  }

  @Test
  void allOtherReadersOutlinesAreShownAndDamagedFilesLeftOut() throws Exception {
    save("anna", RoiSet.encode(new Roi[] {Samples.triangle("mine")}));
    save("ben", RoiSet.encode(new Roi[] {Samples.triangle("his")}));
    save("cleo", new byte[] {'P', 'K'});
    assertEquals(1, others().size());
    assertEquals("his", others().get(0).getName());
  }

  @Test
  void whatIsShownIsNoOutlineOfTheReader() throws Exception {
    save("ben", RoiSet.encode(new Roi[] {Samples.triangle("his")}));
    ImagePlus image = Samples.twoPixels();
    OtherReaders.draw(image, others());
    assertFalse(RoiSet.isOutline(image.getOverlay().get(0)));
    OtherReaders.draw(image, Collections.emptyList());
    assertEquals(0, image.getOverlay().size());
  }
}
