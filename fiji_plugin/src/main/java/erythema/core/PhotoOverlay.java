package erythema.core;

import ij.gui.Roi;
import ij.process.FloatPolygon;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A picture of a photo with outlines on it, each with its number. */
final class PhotoOverlay {

  private static final float QUALITY = 0.9f;
  private static final double THINNEST = 2;
  private static final double PIXELS_A_LINE = 400; // of the photo's longer side

  // Paths of corners, each x from 0 to 2 and y from 0 to 4: a server may have no fonts.
  private static final String[] DIGITS = {
    "00 20 24 04 00",
    "01 10 14",
    "00 20 22 02 04 24",
    "00 20 22 02 22 24 04",
    "00 02 22 20 24",
    "20 00 02 22 24 04",
    "20 00 04 24 22 02",
    "00 20 14",
    "02 00 20 24 04 02 22",
    "22 02 00 20 24 04",
  };

  private PhotoOverlay() {}

  /**
   * The picture as a JPEG file.
   *
   * @param pixels red, green and blue of each
   */
  static byte[] jpeg(int[] pixels, int width, int height, Roi[] outlines) throws IOException {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    picture.getRaster().setDataElements(0, 0, width, height, pixels);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Color.yellow);
    float line = (float) Math.max(THINNEST, Math.rint(Math.max(width, height) / PIXELS_A_LINE));
    graphics.setStroke(new BasicStroke(line, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    for (int i = 0; i < outlines.length; i++) {
      draw(graphics, outlines[i].getFloatPolygon(), Integer.toString(i + 1), line);
    }
    graphics.dispose();
    return encode(picture);
  }

  private static void draw(Graphics2D graphics, FloatPolygon outline, String number, float line) {
    Path2D path = new Path2D.Float();
    double x = 0;
    double y = 0;
    for (int i = 0; i < outline.npoints; i++) {
      add(path, outline.xpoints[i], outline.ypoints[i], i == 0);
      x += outline.xpoints[i] / outline.npoints;
      y += outline.ypoints[i] / outline.npoints;
    }
    path.closePath();
    graphics.draw(path);
    double unit = 2 * line;
    for (int i = 0; i < number.length(); i++) {
      String corners = DIGITS[number.charAt(i) - '0'];
      graphics.draw(digit(corners, x + 3.5 * i * unit, y - 4 * unit, unit));
    }
  }

  private static Path2D digit(String corners, double left, double top, double unit) {
    Path2D path = new Path2D.Double();
    for (String corner : corners.split(" ")) {
      double x = left + unit * (corner.charAt(0) - '0');
      double y = top + unit * (corner.charAt(1) - '0');
      add(path, x, y, path.getCurrentPoint() == null);
    }
    return path;
  }

  private static void add(Path2D path, double x, double y, boolean first) {
    if (first) {
      path.moveTo(x, y);
    } else {
      path.lineTo(x, y);
    }
  }

  private static byte[] encode(BufferedImage picture) throws IOException {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
    ImageWriter writer = writers.next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(file)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }
}
