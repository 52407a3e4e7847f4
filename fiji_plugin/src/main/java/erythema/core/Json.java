package erythema.core;

/** Reads one string out of a JSON object. */
public final class Json {

  private final String text;
  private int position;

  private Json(String text) {
    this.text = text;
  }

  /** The string that the outermost object holds under a key, or null where there is none. */
  public static String string(String json, String key) {
    return new Json(json).find(key);
  }

  private String find(String key) {
    int depth = 0;
    boolean named = false;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        String string = restOfString();
        if (named) {
          return string;
        }
        named = depth == 1 && string.equals(key) && skipColon();
      } else if (c == '{' || c == '[') {
        depth++;
        named = false;
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (c == ',') {
        named = false;
      }
    }
    return null;
  }

  private boolean skipColon() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
    return position < text.length() && text.charAt(position) == ':';
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
