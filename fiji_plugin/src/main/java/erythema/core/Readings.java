package erythema.core;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A reader's readings.csv. What it has beside photo, state and reason stays as it is. */
final class Readings {

  private static final String PHOTO = "photo";
  private static final String STATE = "state";
  private static final String REASON = "reason";

  private final String mark; // CsvTable.BYTE_ORDER_MARK, or nothing
  private final List<List<String>> lines; // the first names the columns

  private Readings(String mark, List<List<String>> lines) {
    this.mark = mark;
    this.lines = lines;
  }

  /**
   * The table in a file; an empty one where there is no such file.
   *
   * @throws Problem where it is something else, which would be lost
   */
  static Readings read(Path table) throws Problem, IOException {
    if (!Files.exists(table)) {
      List<String> columns = Arrays.asList(PHOTO, STATE, REASON);
      return new Readings("", Collections.singletonList(columns));
    }
    String text;
    try {
      text = CsvTable.decode(Files.readAllBytes(table));
    } catch (CharacterCodingException other) {
      throw new Problem(table + " is no table in UTF-8.\nSave it as CSV UTF-8");
    }
    String mark = text.startsWith(CsvTable.BYTE_ORDER_MARK) ? CsvTable.BYTE_ORDER_MARK : "";
    List<List<String>> lines = CsvTable.parse(text.substring(mark.length()));
    if (lines.isEmpty() || !lines.get(0).containsAll(Arrays.asList(PHOTO, STATE))) {
      throw new Problem(
          table
              + " has no column photo or state.\n"
              + "Its first line must name the columns, separated by commas");
    }
    if (!lines.get(0).contains(REASON)) {
      lines.get(0).add(REASON);
    }
    return new Readings(mark, lines);
  }

  /** What is said of a photo, or null. */
  Reading of(String photo) {
    for (List<String> row : lines.subList(1, lines.size())) {
      if (cell(row, PHOTO).equals(photo)) {
        return new Reading(cell(row, STATE), cell(row, REASON));
      }
    }
    return null;
  }

  /** The table without a photo. */
  Readings without(String photo) {
    List<List<String>> others = new ArrayList<>(lines);
    others.subList(1, others.size()).removeIf(row -> cell(row, PHOTO).equals(photo));
    return new Readings(mark, others);
  }

  /** The table with this said of a photo, in its own row where it has one. */
  Readings with(String photo, Reading reading) {
    List<String> row = new ArrayList<>();
    int place = 1;
    while (place < lines.size() && !cell(lines.get(place), PHOTO).equals(photo)) {
      place++;
    }
    if (place < lines.size()) {
      row.addAll(lines.get(place));
    }
    while (row.size() < lines.get(0).size()) {
      row.add("");
    }
    row.set(column(PHOTO), photo);
    row.set(column(STATE), reading.state);
    row.set(column(REASON), reading.reason);
    List<List<String>> others = without(photo).lines;
    others.add(place, row);
    return new Readings(mark, others);
  }

  byte[] encode() {
    String text = new String(CsvTable.encode(lines), StandardCharsets.UTF_8);
    return (mark + text).getBytes(StandardCharsets.UTF_8);
  }

  private String cell(List<String> row, String column) {
    int place = column(column);
    return place < row.size() ? row.get(place).trim() : "";
  }

  private int column(String name) {
    return lines.get(0).indexOf(name);
  }
}
