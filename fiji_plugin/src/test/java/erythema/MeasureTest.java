package erythema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MeasureTest {

  @Test
  void outlinesOfAFileNeedAnImageToo() {
    String options = "rois=[arm.zip] service=http://127.0.0.1:1";
    String message =
        assertThrows(IllegalArgumentException.class, () -> Measure.run(options)).getMessage();
    assertEquals("There are no images open.\nOpen the photo of the outlines first", message);
  }
}
