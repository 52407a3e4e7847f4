package erythema.core;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;

/** Paths from text that a person, a macro or a folder gives. */
final class FilePath {

  private static final char LAST_ASCII = '\u007f';

  private FilePath() {}

  /**
   * The path that a text means.
   *
   * @param name what messages call it
   * @throws Problem where this computer can have no file of that name
   */
  static Path of(String name, String text) throws Problem {
    try {
      return Paths.get(text);
    } catch (InvalidPathException impossible) {
      boolean foreign = text.chars().anyMatch(letter -> letter > LAST_ASCII);
      String advice =
          foreign
              ? "Set LANG to a UTF-8 locale, such as C.UTF-8, and start ImageJ again"
              : "Take out what no name may hold here";
      throw new Problem(name + " cannot name a file here.\n" + advice);
    }
  }

  static boolean isPath(String text) {
    try {
      Paths.get(text);
      return true;
    } catch (InvalidPathException impossible) {
      return false;
    }
  }
}
