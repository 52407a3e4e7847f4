package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.IJ;
import java.awt.event.KeyEvent;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitingTest {

  @AfterEach
  void forgetEsc() {
    IJ.resetEscape();
  }

  @Test
  void theResultOfTheWorkComesBack() throws Problem {
    assertEquals("done", Waiting.waitFor(() -> "done", () -> {}));
  }

  @Test
  void aProblemOfTheWorkComesThrough() {
    Problem problem = new Problem("no");
    Problem thrown =
        assertThrows(
            Problem.class,
            () ->
                Waiting.waitFor(
                    () -> {
                      throw problem;
                    },
                    () -> {}));
    assertSame(problem, thrown);
  }

  @Test
  void anyOtherFailureOfTheWorkIsAProblem() {
    Problem thrown =
        assertThrows(
            Problem.class,
            () ->
                Waiting.waitFor(
                    () -> {
                      throw new OutOfMemoryError("too large");
                    },
                    () -> {}));
    assertEquals(
        "The plugin itself failed: java.lang.OutOfMemoryError: too large.\n"
            + "Report this message to its makers",
        thrown.getMessage());
  }

  @Test
  void escEndsTheWaitAndTheWork() throws InterruptedException {
    CountDownLatch canceled = new CountDownLatch(1);
    assertThrows(
        Problem.Canceled.class,
        () ->
            Waiting.waitFor(
                () -> {
                  IJ.setKeyDown(KeyEvent.VK_ESCAPE);
                  canceled.await();
                  return null;
                },
                canceled::countDown));
    canceled.await();
  }

  @Test
  void anEscBetweenTwoWaitsEndsTheSecond() {
    IJ.setKeyDown(KeyEvent.VK_ESCAPE);
    assertThrows(Problem.Canceled.class, () -> Waiting.waitFor(() -> "done", () -> {}));
  }
}
