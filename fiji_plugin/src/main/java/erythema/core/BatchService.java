package erythema.core;

import erythema.core.Problem.Canceled;
import erythema.core.Problem.NoService;
import erythema.core.Problem.Refused;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the service about one photo after another: waits where it is busy, and tells whether a photo
 * is the trouble or the service itself.
 */
final class BatchService {

  private static final int MOST_WAITS = 10;
  private static final String UNNAMED = "the photo: "; // so it calls what has no file's name

  private static final List<String> BUSY =
      Arrays.asList("erythema:busy", "erythema:not-ready", "erythema:too-many-requests");
  private static final List<String> OF_THE_PHOTO =
      Arrays.asList(
          "erythema:photo-damaged",
          "erythema:not-a-photo",
          "erythema:too-large",
          "erythema:outlines-damaged",
          "erythema:too-slow",
          "erythema:fault");

  private final String address;
  private final Settings settings;
  private final String fingerprint;
  private final CountDownLatch canceled = new CountDownLatch(1);
  private volatile ServiceClient client;

  /**
   * @param network the one that all photos are segmented with
   */
  BatchService(String address, Settings settings, NetworkInfo network) {
    this.address = address;
    this.settings = settings;
    fingerprint = network.fingerprint;
  }

  /** Ends the request, or the wait for the next. */
  void cancel() {
    canceled.countDown();
    ServiceClient running = client;
    if (running != null) {
      running.cancel();
    }
  }

  void stopIfCanceled() throws Canceled {
    if (canceled.getCount() == 0) {
      throw new Canceled();
    }
  }

  /**
   * The ROI set of a photo, as the service sends it.
   *
   * @param file its name
   * @param photo the file's bytes: of them the service makes what {@code erythema segment} does
   * @throws PhotoProblem where the photo is the trouble
   * @throws Problem where the next one would have the same
   */
  Answer segment(String file, byte[] photo) throws Problem {
    String path = "/segment" + settings.query();
    return ask(file, path, "application/octet-stream", photo, "application/zip");
  }

  /** How large the outlines of such a set are; its problems are those of {@link #segment}. */
  List<Size> measure(String file, byte[] set, int outlines) throws Problem {
    String table = ask(file, "/measure", "application/zip", set, "text/csv").text();
    try {
      return Size.parse(table, outlines);
    } catch (Problem unreadable) {
      throw new PhotoProblem(file + ": " + unreadable.getMessage() + ".");
    }
  }

  private Answer ask(String file, String path, String type, byte[] body, String accept)
      throws Problem {
    boolean brokeBefore = false;
    int waits = 0;
    while (true) {
      stopIfCanceled();
      try {
        return client().post(path, type, () -> stream(body), accept, file);
      } catch (Refused refused) {
        if (!BUSY.contains(refused.type) || ++waits > MOST_WAITS) {
          throw meaning(refused, file);
        }
        pause(refused.wait);
      } catch (NoService broken) {
        if (brokeBefore) {
          throw new PhotoProblem(file + ": " + broken.getMessage());
        }
        stopIfCanceled();
        client().get("/networks", "its network"); // or it is the service that is gone
        brokeBefore = true;
      }
    }
  }

  private ServiceClient client() {
    client = new ServiceClient(address).onlyOf(fingerprint);
    return client;
  }

  private static ByteArrayOutputStream stream(byte[] bytes) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream(bytes.length);
    stream.write(bytes, 0, bytes.length);
    return stream;
  }

  private void pause(int seconds) throws Canceled {
    try {
      if (canceled.await(seconds, TimeUnit.SECONDS)) {
        throw new Canceled();
      }
    } catch (InterruptedException interrupted) {
      throw new Canceled();
    }
  }

  private static Problem meaning(Refused refused, String file) {
    if (OF_THE_PHOTO.contains(refused.type)) {
      boolean unnamed = refused.detail.startsWith(UNNAMED);
      String detail = unnamed ? refused.detail.substring(UNNAMED.length()) : refused.detail;
      return new PhotoProblem(file + ": " + detail);
    }
    if (refused.type.equals("erythema:network-changed")) {
      return new Problem(
          "The service has another network than when this batch began.\n"
              + "Start it with the earlier one, or segment all photos anew");
    }
    return refused;
  }
}
