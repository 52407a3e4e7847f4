package erythema.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A table of a batch (RFC 4180, UTF-8), to which a photo's rows are appended as soon as it is done.
 * Its first column names the photo.
 */
final class CsvTable {

  static final String BYTE_ORDER_MARK = "\ufeff"; // spreadsheet programs write one

  private final Path path;
  private final List<String> columns;
  private final List<List<String>> rows;

  /**
   * @throws Problem where the file is there and something else, such as a data set's table
   */
  CsvTable(Path path, String columns) throws Problem {
    this.path = path;
    this.columns = Arrays.asList(columns.split(","));
    rows = Files.exists(path) ? read() : new ArrayList<>();
  }

  private List<List<String>> read() throws Problem {
    try {
      String text = decode(Files.readAllBytes(path));
      text = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
      List<List<String>> lines = parse(text);
      int last = lines.size() - 1;
      if (last > 0 && !text.endsWith("\n") && lines.get(last).size() < columns.size()) {
        lines.remove(last); // a power cut ended the batch while it wrote this one
      }
      boolean fits = lines.stream().allMatch(line -> line.size() == columns.size());
      if (fits && !lines.isEmpty() && lines.remove(0).equals(columns)) {
        return lines;
      }
    } catch (CharacterCodingException other) {
      // Told below, as for any other table.
    } catch (IOException unreadable) {
      throw new Problem(path + " cannot be read: " + unreadable.getMessage() + ".\nClose it");
    }
    throw new Problem(path + " is another table, which would be lost.\nChoose another output=");
  }

  static String decode(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /**
   * The rows with their cells; empty lines are left out. A quote inside a cell that does not begin
   * with one stands for itself.
   */
  static List<List<String>> parse(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean twice = quoted && c == '"' && text.startsWith("\"\"", i);
      if (twice || (quoted && c != '"')) {
        cell.append(c);
        i += twice ? 1 : 0;
      } else if (c == '"' && (quoted || cell.length() == 0)) {
        quoted = !quoted;
      } else if (c == ',') {
        row.add(cell.toString());
        cell.setLength(0);
      } else if (c == '\n') {
        end(row, cell, rows);
        row = new ArrayList<>();
      } else if (c != '\r') {
        cell.append(c);
      }
    }
    end(row, cell, rows);
    return rows;
  }

  private static void end(List<String> row, StringBuilder cell, List<List<String>> rows) {
    if (!row.isEmpty() || cell.length() > 0) {
      row.add(cell.toString());
      rows.add(row);
      cell.setLength(0);
    }
  }

  /** All rows that were in the file. */
  List<List<String>> rows() {
    return rows;
  }

  /** The rows of all other photos. */
  List<List<String>> without(Set<String> photos) {
    return rows.stream().filter(row -> !photos.contains(row.get(0))).collect(Collectors.toList());
  }

  /** Writes the table without the rows of photos, which are about to be segmented. */
  void start(Set<String> photos) throws Problem {
    List<List<String>> kept = without(photos);
    kept.add(0, columns);
    write(() -> WholeFile.write(path, encode(kept)));
  }

  /** Appends a photo's rows, and returns when the disk has them. */
  void append(List<List<String>> photos) throws Problem {
    write(() -> WholeFile.append(path, encode(photos)));
  }

  void append(String... row) throws Problem {
    append(Collections.singletonList(Arrays.asList(row)));
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void write(Writing writing) throws Problem {
    try {
      writing.run();
    } catch (IOException failed) {
      throw new Problem(
          path
              + " cannot be written: "
              + failed.getMessage()
              + ".\nClose it where it is open, or make space on the disk");
    }
  }

  static byte[] encode(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append(row.stream().map(CsvTable::quoted).collect(Collectors.joining(",")));
      text.append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
