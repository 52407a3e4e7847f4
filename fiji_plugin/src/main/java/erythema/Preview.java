package erythema;

import erythema.core.Photo;
import erythema.core.Problem;
import erythema.core.Segmenter;
import erythema.core.ServiceClient;
import erythema.core.Settings;
import erythema.core.ThresholdLine;
import erythema.core.Waiting;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.process.FloatProcessor;
import java.awt.EventQueue;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Shows on the photo where a threshold would draw its line. The probability is asked for once, off
 * the event thread; the line lies in the overlay as long as it is shown, beside what is there.
 */
final class Preview implements AutoCloseable {

  private final ImagePlus image;
  private final Command.Requests service;
  private final Consumer<Problem> failed;
  private final ExecutorService worker = Executors.newSingleThreadExecutor(Preview::daemon);
  private volatile Wanted wanted; // null where none is
  private Photo photo; // of the worker alone, as the three below
  private FloatProcessor probability;
  private int slice;
  private Roi selection;
  private Roi shown; // of the event thread alone
  private boolean overlayIsOurs;
  private final boolean overlayWasHidden;

  /** A line that is wanted. */
  private static final class Wanted {
    final double threshold;
    final double smallest;

    Wanted(double threshold, double smallest) {
      this.threshold = threshold;
      this.smallest = smallest;
    }
  }

  /**
   * @param failed is told on the event thread why there is no preview
   */
  Preview(ImagePlus image, Command.Requests service, Consumer<Problem> failed) {
    this.image = image;
    this.service = service;
    this.failed = failed;
    overlayWasHidden = image.getHideOverlay();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "Erythema preview");
    thread.setDaemon(true);
    return thread;
  }

  /** Shows a line; on the event thread, without waiting for it. */
  void show(double threshold, double smallest) {
    Wanted next = new Wanted(threshold, smallest);
    wanted = next;
    worker.execute(() -> draw(next));
  }

  /** Takes the line away; on the event thread. */
  void hide() {
    wanted = null;
    put(null);
  }

  /** Leaves overlay and selection as they were found, and ends a request that still runs. */
  @Override
  public void close() {
    wanted = null;
    worker.shutdownNow();
    try {
      worker.awaitTermination(Long.MAX_VALUE, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    Manager.onEventThread(() -> put(null));
  }

  private void draw(Wanted line) {
    if (line != wanted) {
      return; // a later one waits already
    }
    try {
      boolean samePart =
          slice == image.getCurrentSlice() && Objects.equals(selection, Photo.selection(image));
      if (probability == null || !samePart) {
        fetch();
      }
      Roi roi = ThresholdLine.of(probability, line.threshold, line.smallest * photo.size());
      if (roi != null) {
        roi.setStrokeColor(Roi.getColor());
        photo.setPosition(roi);
      }
      EventQueue.invokeLater(() -> putIfWanted(line, roi));
    } catch (Problem problem) {
      if (wanted != null) {
        wanted = null;
        EventQueue.invokeLater(() -> fail(problem));
      }
    }
  }

  private void fail(Problem problem) {
    put(null);
    failed.accept(problem);
  }

  private void fetch() throws Problem {
    IJ.resetEscape(); // one that was pressed while nothing was asked for
    IJ.showStatus("Preview of " + image.getTitle() + "... (Esc cancels)");
    probability = null; // that of another part must not stay where this one does not come
    slice = image.getCurrentSlice();
    selection = Photo.selection(image);
    photo = Photo.of(image);
    Settings settings = new Settings(null, null, null);
    probability =
        service.ask(
            address -> {
              ServiceClient client = new ServiceClient(address);
              return photo.place(
                  Waiting.waitFor(
                      () -> Segmenter.probability(client, photo, settings), client::cancel));
            });
    IJ.showStatus("");
  }

  private void putIfWanted(Wanted line, Roi roi) {
    if (line == wanted) {
      put(roi);
    }
  }

  /** Puts a line in the place of the one that is shown; null for none. */
  private void put(Roi line) {
    if (line == null && shown == null) {
      return; // the overlay is as the person has it
    }
    Overlay overlay = image.getOverlay();
    if (overlay == null && line != null) {
      overlay = new Overlay();
      overlayIsOurs = true;
    }
    if (overlay == null) {
      return;
    }
    for (int i = overlay.size() - 1; i >= 0; i--) {
      if (overlay.get(i) == shown) {
        overlay.remove(i); // Overlay.remove(Roi) takes the first of the same shape
      }
    }
    if (line != null) {
      overlay.add(line);
    }
    shown = line;
    boolean none = overlayIsOurs && overlay.size() == 0;
    image.setOverlay(none ? null : overlay);
    image.setHideOverlay(line == null && overlayWasHidden);
  }
}
