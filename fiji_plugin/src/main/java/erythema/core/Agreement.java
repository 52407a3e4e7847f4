package erythema.core;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.gui.ShapeRoi;
import ij.measure.ResultsTable;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** How two sets of outlines of one photo agree, as the service compares them (POST /compare). */
public final class Agreement {

  private static final Color ONLY_FOUND = new Color(255, 0, 0, 100);
  private static final Color ONLY_DRAWN = new Color(0, 0, 255, 100);

  private final String[] names;
  private final String dice;
  private final double[] values;

  private Agreement(String[] names, String dice, double[] values) {
    this.names = names;
    this.dice = dice;
    this.values = values;
  }

  /** Asks the service; Esc ends the wait. */
  public static Agreement of(String address, ImagePlus image, Roi[] found, Roi[] drawn)
      throws Problem {
    ServiceClient client = new ServiceClient(address);
    String path = "/compare?width=" + image.getWidth() + "&height=" + image.getHeight();
    Answer answer =
        Waiting.waitFor(
            () ->
                client.post(
                    path, "application/zip", () -> zip(found, drawn), "text/csv", "the outlines"),
            client::cancel);
    return parse(answer.text());
  }

  public static Agreement parse(String table) throws Problem {
    String[] lines = table.split("\r?\n");
    String[] names = lines[0].split(",");
    String[] cells = lines.length == 2 ? lines[1].split(",") : new String[0];
    try {
      double[] values = Arrays.stream(cells).mapToDouble(Agreement::number).toArray();
      if (values.length == names.length && names[0].equals("dice")) {
        return new Agreement(names, cells[0], values);
      }
    } catch (NumberFormatException other) {
      // Told below, as any other table.
    }
    throw new Problem(
        "The service's table cannot be read.\nInstall a plugin and a service of one version");
  }

  private static double number(String cell) {
    return cell.equals("nan") ? Double.NaN : Double.parseDouble(cell); // so Python writes it
  }

  /** The Dice coefficient, as the service wrote it. */
  public String dice() {
    return dice;
  }

  public void addRow(ResultsTable table, ImagePlus image) {
    table.incrementCounter();
    table.addLabel(image.getTitle());
    for (int i = 0; i < names.length; i++) {
      table.addValue(names[i], values[i]);
    }
  }

  /** Fills what only one of the two sets has: red what was found alone, blue what was drawn. */
  public static void drawDifferences(ImagePlus image, Roi[] found, Roi[] drawn) {
    List<Roi> differences = new ArrayList<>();
    differences.add(difference("only found", found, drawn, ONLY_FOUND));
    differences.add(difference("only drawn", drawn, found, ONLY_DRAWN));
    differences.removeIf(difference -> difference.getBounds().isEmpty());
    Stream.of(found, drawn)
        .flatMap(Arrays::stream)
        .filter(StackPosition::isNoted)
        .findFirst()
        .ifPresent(at -> differences.forEach(difference -> StackPosition.copy(at, difference)));
    Overlays.draw(image, "difference", differences);
  }

  private static Roi difference(String name, Roi[] those, Roi[] others, Color color) {
    ShapeRoi difference = union(those).not(union(others));
    difference.setName(name);
    difference.setFillColor(color);
    return difference;
  }

  private static ShapeRoi union(Roi[] rois) {
    ShapeRoi all = new ShapeRoi(new Roi(0, 0, 0, 0));
    for (Roi roi : rois) {
      all.or(new ShapeRoi(roi));
    }
    return all;
  }

  /** A set of no outlines is left out: there are no empty ROI sets. */
  private static ByteArrayOutputStream zip(Roi[] found, Roi[] drawn) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream entries = new ZipOutputStream(bytes)) {
      put(entries, "found.zip", found);
      put(entries, "drawn.zip", drawn);
    }
    return bytes;
  }

  private static void put(ZipOutputStream entries, String name, Roi[] rois) throws IOException {
    if (rois.length > 0) {
      entries.putNextEntry(new ZipEntry(name));
      entries.write(RoiSet.encodeNumbered(rois));
    }
  }
}
