package erythema.core;

import erythema.core.Problem.Canceled;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Segments the photos in a folder as {@code erythema segment} does; first connect, then run. */
public final class FolderBatch {

  /** The options that are looked at, beside {@link Settings#KEYS}. */
  public static final String[] KEYS = {"input=", "output=", "subfolders", "resume"};

  private static final long MOST_BYTES = 256L << 20; // of a photo, as the service's
  private static final long NANOS_A_MINUTE = 60_000_000_000L;

  private final Settings settings;
  private final boolean resume;
  private final File folder;
  private final CountDownLatch ended = new CountDownLatch(1);
  private Map<String, File> photos;
  private NetworkInfo network;
  private BatchService service;
  private BatchFolder output;
  private volatile int done;
  private volatile int failed;

  /** Checks what can be checked without the service. */
  public FolderBatch(Options options) throws Problem {
    settings = Settings.of(options);
    resume = options.has("resume");
    folder = folder(options, "output");
    photos = PhotoFolder.photos(folder(options, "input"), options.has("subfolders"));
    new BatchFolder(folder);
  }

  private static File folder(Options options, String key) throws Problem {
    String path = options.required(key);
    return FilePath.of(key + "=[" + path + "]", path).toFile();
  }

  /** Asks the service for its network; Esc ends the wait. */
  public NetworkInfo connect(String address) throws Problem {
    network = NetworkInfo.of(address);
    service = new BatchService(address, settings, network);
    return network;
  }

  /**
   * Segments all photos, or those left; what fails is told in the log. Esc ends it, and so does a
   * service that is gone: then what is done stays.
   *
   * @return how many were segmented
   */
  public int run() throws Problem {
    FolderLock lock = new FolderLock(folder.toPath());
    try {
      output = new BatchFolder(folder); // as it is now that no other batch writes there
      return runAlone();
    } finally {
      lock.release();
    }
  }

  private int runAlone() throws Problem {
    if (resume) {
      double threshold = settings.threshold == null ? network.threshold : settings.threshold;
      photos = output.left(photos, network, threshold);
    }
    output.start(photos.keySet());
    try {
      Waiting.waitFor(this::segmentAll, service::cancel);
    } catch (Canceled canceled) {
      waitForEnd();
      IJ.log("Segmenting " + folder + " was canceled. " + toGoOn());
      throw canceled;
    } catch (Problem stopped) {
      throw new Problem(stopped.getMessage() + ".\n" + toGoOn());
    } finally {
      IJ.showProgress(1.0);
    }
    IJ.showStatus(done - failed + " of " + photos.size() + " photos segmented");
    return done - failed;
  }

  /** The photo that is being written is written to its end. */
  private void waitForEnd() {
    try {
      ended.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private String toGoOn() {
    return done
        + " of "
        + photos.size()
        + " photos are done: to go on, run Segment folder... again with resume";
  }

  private Void segmentAll() throws Problem {
    try {
      long start = System.nanoTime();
      for (Map.Entry<String, File> photo : photos.entrySet()) {
        showProgress(photo.getKey(), System.nanoTime() - start);
        try {
          segment(photo.getKey(), photo.getValue());
        } catch (PhotoProblem problem) {
          fail(photo.getKey(), problem.getMessage());
        } catch (RuntimeException fault) {
          String message = photo.getValue().getName() + ": its results cannot be used";
          fail(photo.getKey(), new PhotoProblem(message + " (" + fault + ").").getMessage());
        }
        done++;
      }
      return null;
    } finally {
      ended.countDown();
    }
  }

  private void fail(String name, String message) throws Problem {
    output.addFailed(name, message);
    IJ.log(message);
    failed++;
  }

  private void segment(String name, File file) throws Problem {
    Answer answer = service.segment(file.getName(), read(file));
    byte[] set = answer.body;
    Roi[] outlines = outlines(file, answer);
    List<Size> sizes =
        outlines.length == 0
            ? Collections.emptyList()
            : service.measure(file.getName(), set, outlines.length);
    List<List<String>> rows = BatchFolder.rows(name, outlines, sizes, network);
    byte[] picture = picture(file, outlines);
    service.stopIfCanceled();
    String message;
    try {
      message = output.write(name, set, outlines, picture);
    } catch (IOException unwritable) {
      throw new PhotoProblem(
          file.getName() + ": its results could not be written (" + unwritable + ").");
    }
    output.addSegmented(name, rows, message);
    if (!message.isEmpty()) {
      IJ.log(message);
    }
  }

  private static byte[] read(File file) throws PhotoProblem {
    Path path;
    try {
      path = FilePath.of(file.getName(), file.getPath());
    } catch (Problem unreadable) {
      throw new PhotoProblem(unreadable.getMessage() + ".");
    }
    if (!file.isFile()) {
      throw new PhotoProblem(file.getName() + ": the file is not there any more.");
    }
    if (file.length() == 0) {
      throw new PhotoProblem(file.getName() + ": the file is empty. Copy it again.");
    }
    if (file.length() > MOST_BYTES) {
      throw new PhotoProblem(
          file.getName()
              + String.format(
                  ": %,d bytes, more than the limit of %,d. Crop it or save it as JPEG.",
                  file.length(), MOST_BYTES));
    }
    try {
      return Files.readAllBytes(path);
    } catch (IOException unreadable) {
      throw new PhotoProblem(file.getName() + ": the file cannot be read (" + unreadable + ").");
    }
  }

  private static Roi[] outlines(File file, Answer answer) throws PhotoProblem {
    try {
      Roi[] outlines = RoiSet.decode(answer.body);
      if (outlines.length == answer.reactions) {
        return outlines;
      }
    } catch (IOException broken) {
      // Told below, as where some are missing.
    }
    throw new PhotoProblem(file.getName() + ": its outlines did not arrive as a whole.");
  }

  private static byte[] picture(File file, Roi[] outlines) throws PhotoProblem {
    try {
      ImagePlus image = PhotoFile.open(file.getName(), file.getPath());
      StoredPixels pixels = StoredPixels.of(image, 1);
      return PhotoOverlay.jpeg(pixels.colors(), pixels.width, pixels.height, outlines);
    } catch (OutOfMemoryError full) {
      throw new PhotoProblem(
          file.getName()
              + ": ImageJ's memory is too small for it. Give it more with Edit > Options > Memory"
              + " & Threads.");
    } catch (Problem | IOException | RuntimeException failed) {
      throw new PhotoProblem(file.getName() + ": ImageJ cannot show it: " + failed.getMessage());
    }
  }

  private void showProgress(String name, long nanos) {
    String left = "";
    if (done > 0) {
      long minutes = Math.round((double) nanos / done * (photos.size() - done) / NANOS_A_MINUTE);
      left = minutes < 1 ? ", less than a minute left" : ", about " + minutes + " min left";
    }
    IJ.showStatus((done + 1) + " of " + photos.size() + ": " + name + left + " (Esc ends)");
    IJ.showProgress(done, photos.size());
  }
}
