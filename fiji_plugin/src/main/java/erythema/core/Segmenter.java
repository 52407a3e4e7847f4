package erythema.core;

import erythema.core.ServiceClient.Writing;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.io.Opener;
import ij.process.FloatProcessor;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** What the service finds in a photo (POST /segment). */
public final class Segmenter {

  private static final String PATH = "/segment";

  private Segmenter() {}

  /** The outlines of its reactions, as the service gives them. */
  public static Roi[] outlines(ServiceClient client, Photo photo, Settings settings)
      throws Problem {
    Answer answer = ask(client, photo, settings, "application/zip");
    try {
      Roi[] rois = RoiSet.decode(answer.body);
      if (answer.reactions != rois.length) {
        String sent = answer.reactions < 0 ? "an unknown number of" : "" + answer.reactions;
        throw new IOException(rois.length + " of " + sent + " outlines arrived");
      }
      return rois;
    } catch (IOException broken) {
      throw client.brokenOff(photo.title, broken);
    }
  }

  /** The probability of erythema at each pixel, from 0 to 1. */
  public static FloatProcessor probability(ServiceClient client, Photo photo, Settings settings)
      throws Problem {
    Answer answer = ask(client, photo, settings, "image/tiff");
    ImagePlus image = new Opener().openTiff(new ByteArrayInputStream(answer.body), photo.title);
    if (image == null || !(image.getProcessor() instanceof FloatProcessor)) {
      throw client.brokenOff(photo.title, new IOException("it is no 32-bit TIFF"));
    }
    if (!photo.hasSizeOf(image.getProcessor())) {
      String size = image.getWidth() + " x " + image.getHeight();
      throw client.brokenOff(photo.title, new IOException("it is of another size, " + size));
    }
    return (FloatProcessor) image.getProcessor();
  }

  /**
   * On this computer bytes cost nothing, and a PNG the time to compress it. To another one it is
   * the quicker form up to some 300 Mbit/s (the benchmark plugin_speed.py measures both).
   */
  private static Answer ask(ServiceClient client, Photo photo, Settings settings, String accept)
      throws Problem {
    String path = PATH + settings.query();
    if (!client.isLocal()) {
      return client.post(path, "image/png", photo::png, accept, photo.title);
    }
    int length = photo.tiffLength();
    Writing body =
        out -> {
          photo.writeTiff(out);
          out.flush();
          photo.key(); // computed while the service works
        };
    return client.stream(path, "image/tiff", length, body, accept, photo.title);
  }
}
