package erythema;

import erythema.core.Problem;
import ij.IJ;
import ij.macro.Interpreter;

/** How a macro's {@code call(...)} ends: with a value, or with the macro stopped by a message. */
final class Call {

  private Call() {}

  /** What a call does; it gives a value that a macro can use, such as the number of reactions. */
  interface Work {
    String run() throws Problem;
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
