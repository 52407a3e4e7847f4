package erythema.core;

import erythema.core.Problem.Canceled;
import ij.IJ;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for work on another thread, until it is done or Esc is pressed. An Esc that was pressed
 * between two waits of a command counts: {@link IJ#resetEscape} is for where the command begins.
 */
public final class Waiting {

  private static final int POLL_MS = 50;

  private Waiting() {}

  /**
   * @param work may throw a Problem, which comes through; any other failure becomes one
   * @param cancel ends the work; the wait ends without it
   */
  public static <T> T waitFor(Callable<T> work, Runnable cancel) throws Problem {
    if (IJ.escapePressed()) {
      throw new Canceled();
    }
    FutureTask<T> task = new FutureTask<>(work);
    start(task, "Erythema service");
    while (true) {
      try {
        return task.get(POLL_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillRunning) {
        if (IJ.escapePressed()) {
          start(cancel, "Erythema cancel");
          throw new Canceled();
        }
      } catch (InterruptedException interrupted) {
        start(cancel, "Erythema cancel");
        Thread.currentThread().interrupt();
        throw new Canceled();
      } catch (ExecutionException failed) {
        if (failed.getCause() instanceof Problem) {
          throw (Problem) failed.getCause();
        }
        throw new Problem(
            "The plugin itself failed: "
                + failed.getCause()
                + ".\nReport this message to its makers");
      }
    }
  }

  private static void start(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
