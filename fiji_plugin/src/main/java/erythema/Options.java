package erythema;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;

/**
 * The options of a macro's command, {@code key=value key=[value with spaces]}.
 *
 * <p>ImageJ's own {@code Macro.getValue} ignores keys that it does not know and finds keys inside
 * values; here a misspelt key stops the macro.
 */
final class Options {

  private final Map<String, String> values = new LinkedHashMap<>();

  private Options() {}

  /**
   * @param text the options as a macro gives them; null or blank for none
   * @param keys the keys that the command knows
   */
  static Options parse(String text, String... keys) throws Problem {
    Options options = new Options();
    List<String> known = Arrays.asList(keys);
    String rest = text == null ? "" : text.trim();
    while (!rest.isEmpty()) {
      int equals = rest.indexOf('=');
      String key = equals < 0 ? rest : rest.substring(0, equals).trim();
      if (equals < 0 || !known.contains(key)) {
        throw new Problem(
            "\""
                + rest
                + "\" is not an option.\nThe options are: "
                + String.join("=, ", keys)
                + "=");
      }
      String value = rest.substring(equals + 1);
      int end = endOfValue(key, value);
      if (options.values.put(key, withoutBrackets(value.substring(0, end))) != null) {
        throw new Problem("The option " + key + "= is given twice.\nRemove one of the two.");
      }
      rest = value.substring(end).trim();
    }
    return options;
  }

  /** The value of a key, or null where it is not given. */
  String get(String key) {
    return values.get(key);
  }

  /** The value of a key that must be given. */
  String required(String key) throws Problem {
    if (get(key) == null) {
      throw new Problem(key + "= is missing.\nFor example: " + key + "=[/folder/file.zip]");
    }
    return get(key);
  }

  /** A number from 0 to 1, or null where it is not given. */
  Double share(String key) throws Problem {
    return number(key, number -> number >= 0 && number <= 1, "from 0 to 1");
  }

  /** A number above 0 and at most 1, or null where it is not given. */
  Double positiveShare(String key) throws Problem {
    return number(key, number -> number > 0 && number <= 1, "above 0 and at most 1");
  }

  private Double number(String key, DoublePredicate fits, String range) throws Problem {
    String value = get(key);
    if (value == null) {
      return null;
    }
    try {
      double number = Double.parseDouble(value);
      if (fits.test(number)) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as for any other value that does not fit.
    }
    throw new Problem(
        key + "=" + value + " is not a number " + range + ".\nFor example: " + key + "=0.5");
  }

  private static int endOfValue(String key, String value) throws Problem {
    if (!value.startsWith("[")) {
      int space = value.indexOf(' ');
      return space < 0 ? value.length() : space;
    }
    int depth = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (depth == 0) {
        return i + 1;
      }
    }
    throw new Problem(key + "=" + value + " has no closing bracket.\nWrite " + key + "=[...]");
  }

  private static String withoutBrackets(String value) {
    return value.startsWith("[") ? value.substring(1, value.length() - 1) : value;
  }
}
