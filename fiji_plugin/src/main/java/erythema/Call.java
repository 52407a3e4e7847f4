package erythema;

import erythema.core.Options;
import erythema.core.PhotoFile;
import erythema.core.Problem;
import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.macro.Interpreter;
import java.util.stream.Stream;

/** How a macro's {@code call(...)} ends: with a value, or with the macro stopped by a message. */
final class Call {

  private Call() {}

  /** What a call does; it gives a value that a macro can use, such as the number of reactions. */
  interface Work {
    String run() throws Problem;
  }

  /** Some keys, and more. */
  static String[] keys(String[] some, String... more) {
    return Stream.of(more, some).flatMap(Stream::of).toArray(String[]::new);
  }

  /** The image in the file of the option photo=, else the current one, or null. */
  static ImagePlus photo(Options options) throws Problem {
    String path = options.get("photo");
    return path == null
        ? WindowManager.getCurrentImage()
        : PhotoFile.open("photo=[" + path + "]", path);
  }

  /**
   * @throws IllegalArgumentException where something is wrong and no macro waits for it
   */
  static String run(Work work) {
    IJ.resetEscape();
    try {
      return work.run();
    } catch (Problem problem) {
      Interpreter macro = MacroStop.waiting();
      if (macro == null) {
        throw new IllegalArgumentException(problem.getMessage());
      }
      MacroStop.stop(macro, problem);
      return "";
    }
  }
}
