package erythema;

import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import ij.IJ;
import ij.Macro;
import ij.macro.Interpreter;
import java.awt.GraphicsEnvironment;

/** Ends a macro with a message. */
final class MacroStop {

  private MacroStop() {}

  /** The macro ends with the statement that it is at; headless its message is printed. */
  static void stop(Interpreter macro, Problem problem) {
    String message = problem instanceof Canceled ? null : problem.getMessage() + "\n";
    if (GraphicsEnvironment.isHeadless()) {
      IJ.log(problem.getMessage());
      macro.setIgnoreErrors(true); // or abort() would open a dialog
    }
    try {
      macro.abort(message);
    } catch (RuntimeException stopped) {
      // This is how abort() leaves a command; call() would show it as a stack trace.
      if (!Macro.MACRO_CANCELED.equals(stopped.getMessage())) {
        throw stopped;
      }
    }
  }
}
