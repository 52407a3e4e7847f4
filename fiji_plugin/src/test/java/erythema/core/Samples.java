package erythema.core;

import ij.ImagePlus;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.process.ColorProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Tiny inputs that several tests share. */
public final class Samples {

  private Samples() {}

  /** A red and a blue pixel. */
  public static ImagePlus twoPixels() {
    return new ImagePlus("arm.png", new ColorProcessor(2, 1, new int[] {0xff0000, 0x0000ff}));
  }

  /** A triangle with corners between the pixels. */
  public static Roi triangle(String name) {
    float[] x = {0.0625f, 1.9375f, 1.5f};
    float[] y = {0.25f, 0.125f, 0.875f};
    Roi roi = new PolygonRoi(x, y, Roi.POLYGON);
    roi.setName(name);
    roi.setProperty("erythema.model", "default");
    return roi;
  }

  /** An address at which nothing listens. */
  public static String deadAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }
}
