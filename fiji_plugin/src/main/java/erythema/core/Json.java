package erythema.core;

import java.util.ArrayList;
import java.util.List;

/** Reads one key's value out of a JSON object, or out of the first object of an array. */
public final class Json {

  private final String text;
  private int position;

  private Json(String text) {
    this.text = text;
  }

  /** The string that the outermost object holds under a key, or null where there is none. */
  public static String string(String json, String key) {
    Json reader = new Json(json);
    return reader.find(key) && reader.next() == '"' ? reader.restOfString() : null;
  }

  /** The number that the outermost object holds under a key, or NaN where there is none. */
  public static double number(String json, String key) {
    Json reader = new Json(json);
    if (!reader.find(key)) {
      return Double.NaN;
    }
    String number = json.substring(reader.position).split("[,}\\s]", 2)[0];
    return number.matches("-?[0-9][0-9.eE+-]*") ? Double.parseDouble(number) : Double.NaN;
  }

  /** The strings in the array that the outermost object holds under a key; else none. */
  static List<String> strings(String json, String key) {
    List<String> strings = new ArrayList<>();
    Json reader = new Json(json);
    if (reader.find(key) && reader.next() == '[') {
      for (char c = reader.next(); c != ']' && c != 0; c = reader.next()) {
        if (c == '"') {
          strings.add(reader.restOfString());
        }
      }
    }
    return strings;
  }

  /** Whether the outermost object holds true under a key. */
  static boolean isTrue(String json, String key) {
    Json reader = new Json(json);
    return reader.find(key) && json.startsWith("true", reader.position);
  }

  /** Goes to the value of a key, and tells whether there is one. */
  private boolean find(String key) {
    int objects = 0;
    int arrays = 0;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        boolean outermost = objects == 1 && arrays == 0;
        if (restOfString().equals(key) && outermost && skipColon()) {
          return true;
        }
      } else if (c == '{' || c == '}') {
        objects += c == '{' ? 1 : -1;
      } else if (objects > 0 && (c == '[' || c == ']')) {
        arrays += c == '[' ? 1 : -1;
      }
    }
    return false;
  }

  private char next() {
    return position < text.length() ? text.charAt(position++) : 0;
  }

  /** Goes past a colon and the blanks around it, and tells whether there was one. */
  private boolean skipColon() {
    skipBlanks();
    boolean colon = next() == ':';
    skipBlanks();
    return colon;
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private String restOfString() {
    StringBuilder string = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        break;
      }
      string.append(c == '\\' && position < text.length() ? escaped() : c);
    }
    return string.toString();
  }

  private char escaped() {
    char c = text.charAt(position++);
    switch (c) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        return hexadecimal();
      default:
        return c;
    }
  }

  private char hexadecimal() {
    String digits = text.substring(position, Math.min(position + 4, text.length()));
    if (!digits.matches("[0-9a-fA-F]{4}")) {
      return 'u';
    }
    position += 4;
    return (char) Integer.parseInt(digits, 16);
  }
}
