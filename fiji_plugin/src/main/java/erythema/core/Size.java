package erythema.core;

import ij.gui.Roi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How large an outline is, in pixels, as the service measures it (POST /measure). */
public final class Size {

  private static final int FIRST_NUMBER = 2; // after the columns "reaction" and "name"
  private static final int NUMBERS = 12;

  public final double area;
  public final double longest;
  public final double orthogonal;
  public final double mean;

  /** x1, y1, x2, y2 of each diameter. */
  public final double[] longestEnds;

  public final double[] orthogonalEnds;

  private Size(double[] numbers) {
    area = numbers[0];
    longest = numbers[1];
    orthogonal = numbers[2];
    mean = numbers[3];
    longestEnds = Arrays.copyOfRange(numbers, 4, 8);
    orthogonalEnds = Arrays.copyOfRange(numbers, 8, 12);
  }

  /** The sizes of outlines, in their order; Esc ends the wait for the service. */
  public static List<Size> of(String address, Roi[] rois) throws Problem {
    ServiceClient client = new ServiceClient(address);
    return Waiting.waitFor(() -> of(client, rois), client::cancel);
  }

  private static List<Size> of(ServiceClient client, Roi[] rois) throws Problem {
    Answer answer =
        client.post("/measure", "application/zip", () -> zip(rois), "text/csv", "the outlines");
    return parse(answer.text(), rois.length);
  }

  /**
   * The sizes in a table of the service.
   *
   * @param outlines of how many it must tell
   */
  static List<Size> parse(String table, int outlines) throws Problem {
    List<Size> sizes = new ArrayList<>();
    String[] lines = table.split("\r?\n");
    try {
      for (String line : Arrays.asList(lines).subList(1, lines.length)) {
        sizes.add(new Size(numbers(line.split(","))));
      }
      if (sizes.size() == outlines) {
        return sizes;
      }
    } catch (NumberFormatException other) {
      // Told below, as where some are missing.
    }
    throw new Problem(
        "The service's sizes cannot be read.\nInstall a plugin and a service of one version");
  }

  private static double[] numbers(String[] cells) {
    if (cells.length != FIRST_NUMBER + NUMBERS) {
      throw new NumberFormatException(cells.length + " cells");
    }
    return Arrays.stream(cells).skip(FIRST_NUMBER).mapToDouble(Double::parseDouble).toArray();
  }

  private static ByteArrayOutputStream zip(Roi[] rois) throws IOException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    zip.write(RoiSet.encodeNumbered(rois));
    return zip;
  }
}
