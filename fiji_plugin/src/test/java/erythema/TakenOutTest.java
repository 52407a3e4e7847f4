package erythema;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import erythema.core.Samples;
import ij.ImagePlus;
import ij.gui.Roi;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class TakenOutTest {

  private static final int MOST_TRIES = 50;

  private final TakenOut takenOut = new TakenOut();
  private final Roi[] rois = {Samples.triangle("erythema 2")};

  @Test
  void itIsGivenBackOnceAndToItsImageAlone() {
    ImagePlus image = Samples.twoPixels();
    takenOut.remember(image, rois);
    assertEquals(0, takenOut.giveBack(Samples.twoPixels()).length);
    assertArrayEquals(rois, takenOut.giveBack(image));
    assertEquals(0, takenOut.giveBack(image).length);
  }

  @Test
  void aClosedImageLeavesTheMemory() {
    WeakReference<ImagePlus> closed = rememberedOfAnImageThatIsClosed();
    for (int i = 0; i < MOST_TRIES && closed.get() != null; i++) {
      System.gc();
    }
    assertNull(closed.get());
  }

  private WeakReference<ImagePlus> rememberedOfAnImageThatIsClosed() {
    ImagePlus image = Samples.twoPixels();
    rois[0].setImage(image);
    takenOut.remember(image, rois);
    return new WeakReference<>(image);
  }
}
