package erythema.core;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes the states of one thing on a thread of its own. A state that is followed by another before
 * its turn came is left out. One that cannot be written stays to be tried again.
 */
public final class LatestWriter {

  /** Writes a state. */
  public interface Writing {
    void run() throws Problem;
  }

  /** Is told how far it is. */
  public interface Listener {

    /** On the thread of whoever has it written. */
    void writing();

    /** All is written, or, where there is a problem, it is not. */
    void written(Problem problem);
  }

  private final AtomicReference<Writing> latest = new AtomicReference<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread daemon = new Thread(work, "Erythema writer");
            daemon.setDaemon(true);
            return daemon;
          });
  private final Listener listener;
  private final Executor telling;
  private volatile Writing newest;

  /**
   * @param telling runs what tells the listener of the end, on the thread that has things written
   */
  public LatestWriter(Listener listener, Executor telling) {
    this.listener = listener;
    this.telling = telling;
  }

  /** Has a state written soon, and returns at once. */
  public void write(Writing state) {
    newest = state;
    latest.set(state);
    listener.writing();
    thread.execute(
        () -> {
          try {
            writeLatest();
          } catch (Problem problem) {
            // The listener knows it.
          }
        });
  }

  /** Waits until everything is written. */
  public void flush() throws Problem {
    try {
      thread
          .submit(
              () -> {
                writeLatest();
                return null;
              })
          .get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Problem("ImageJ ends while outlines are written");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Problem) {
        throw (Problem) failed.getCause();
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  private void writeLatest() throws Problem {
    Writing state = latest.getAndSet(null);
    if (state == null) {
      return;
    }
    try {
      run(state);
      tell(state, null);
    } catch (Problem problem) {
      latest.compareAndSet(null, state);
      tell(state, problem);
      throw problem;
    }
  }

  /** Tells of a state's end unless a newer one is on its way by then. */
  private void tell(Writing state, Problem problem) {
    telling.execute(
        () -> {
          if (state == newest) {
            listener.written(problem);
          }
        });
  }

  private static void run(Writing state) throws Problem {
    try {
      state.run();
    } catch (RuntimeException broken) { // or it would count as written
      throw new Problem("not written: " + broken + ".\nSave the outlines from the ROI Manager");
    }
  }

  /** Ends the thread once everything is written. */
  public void close() {
    thread.shutdown();
  }
}
