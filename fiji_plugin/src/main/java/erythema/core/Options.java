package erythema.core;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.DoublePredicate;

/**
 * The options of a command: {@code key=value key=[value with spaces] flag}, as a macro gives them
 * and a dialog collects them.
 *
 * <p>ImageJ's own {@code Macro.getValue} ignores keys that it does not know and finds keys inside
 * values; here a misspelt key stops the macro.
 */
public final class Options {

  private static final String IS_SET = "";

  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> keys;

  private Options(String... keys) {
    this.keys = Arrays.asList(keys);
  }

  /**
   * @param text the options as a macro gives them; null or blank for none
   * @param keys those that the command knows: {@code key=} with a value, {@code flag} without
   */
  public static Options parse(String text, String... keys) throws Problem {
    Options options = new Options(keys);
    String rest = text == null ? "" : text.trim();
    while (!rest.isEmpty()) {
      rest = options.readOne(rest);
    }
    return options;
  }

  private String readOne(String rest) throws Problem {
    String word = rest.split("[\\s=]", 2)[0];
    String after = rest.substring(word.length());
    if (keys.contains(word) && !after.startsWith("=")) {
      put(word, IS_SET);
      return after.trim();
    }
    if (!keys.contains(word + "=") || !after.startsWith("=")) {
      throw new Problem(
          "\"" + rest + "\" is not an option.\nThe options are: " + String.join(", ", keys));
    }
    String value = after.substring(1);
    int end = endOfValue(word, value);
    put(word, withoutBrackets(value.substring(0, end)));
    return value.substring(end).trim();
  }

  private void put(String key, String value) throws Problem {
    if (values.put(key, value) != null) {
      throw new Problem("The option " + key + " is given twice.\nRemove one of the two.");
    }
  }

  /** Sets a key to a value; null or an empty one takes it away. */
  public void set(String key, Object value) {
    if (value == null || value.toString().isEmpty()) {
      values.remove(key);
    } else {
      values.put(key, value.toString());
    }
  }

  /** Sets a flag, or takes it away. */
  public void setFlag(String flag, boolean on) {
    values.remove(flag);
    if (on) {
      values.put(flag, IS_SET);
    }
  }

  /** Whether a flag is given. */
  public boolean has(String flag) {
    return values.containsKey(flag);
  }

  /** The value of a key, or null where it is not given. */
  public String get(String key) {
    return values.get(key);
  }

  /** The value of a key that must be given. */
  public String required(String key) throws Problem {
    if (get(key) == null) {
      throw new Problem(key + "= is missing.\nFor example: " + key + "=[/folder/file.zip]");
    }
    return get(key);
  }

  /** The value of a key that is one of several, of which the first is meant where it is omitted. */
  public String oneOf(String key, String... choices) throws Problem {
    String value = get(key);
    if (value != null && !Arrays.asList(choices).contains(value)) {
      throw new Problem(
          key + "=" + value + " is not known.\nIt is one of: " + String.join(", ", choices));
    }
    return value == null ? choices[0] : value;
  }

  /** A number from 0 to 1, or null where it is not given. */
  public Double share(String key) throws Problem {
    return number(key, number -> number >= 0 && number <= 1, "from 0 to 1");
  }

  /** A number above 0 and at most 1, or null where it is not given. */
  public Double positiveShare(String key) throws Problem {
    return number(key, number -> number > 0 && number <= 1, "above 0 and at most 1");
  }

  /** Gives each key with its value, null for a flag, in the order in which they were set. */
  public void forEach(BiConsumer<String, String> taker) {
    values.forEach((key, value) -> taker.accept(key, keys.contains(key) ? null : value));
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
