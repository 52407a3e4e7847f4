package erythema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import erythema.core.Correction;
import erythema.core.RoiSet;
import erythema.core.StandInService;
import ij.IJ;
import ij.gui.Roi;
import ij.io.FileSaver;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** call("erythema.Send.run", ...) in headless ImageJ, with a stand-in for the service. */
class SendTest {

  @TempDir Path folder;

  @Test
  void thePhotosNameInTheStoreIsGiven() throws Exception {
    Path arm = folder.resolve("arm.png");
    new FileSaver(IJ.createImage("arm", "RGB", 8, 8, 1)).saveAsPng(arm.toString());
    Path set = folder.resolve("drawn.zip");
    Files.write(set, RoiSet.encode(new Roi[] {new Roi(0, 0, 2, 2)}));
    try (StandInService service = new StandInService()) {
      service.taking("/corrections", 201, "application/json", "{\"photo\":\"0123abcd\"}");
      Correction.setAgreed(service.address(), true);
      String options =
          "photo=[" + arm + "] rois=[" + set + "] reader=anna service=" + service.address();
      assertEquals("0123abcd", Send.run(options));
      Correction.setAgreed(service.address(), false);
    }
  }

  @Test
  void withoutAnImageThereIsNothingToSend() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Send.run("reader=anna service=http://127.0.0.1:1"))
            .getMessage();
    assertEquals("There are no images open.\nOpen the photo of the outlines first", message);
  }
}
