package erythema;

import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import ij.IJ;
import ij.macro.Interpreter;
import java.awt.GraphicsEnvironment;

/** Ends a macro with a message. */
final class MacroStop {

  private MacroStop() {}

  /** The macro ends with the statement that it is at; headless its message is printed. */
  static void stop(Interpreter macro, Problem problem) {
    String message = problem.getMessage();
    if (GraphicsEnvironment.isHeadless()) {
      IJ.log(message);
    } else if (!(problem instanceof Canceled)) {
      IJ.showMessage("Macro Error", message + "\nin line " + macro.getLineNumber());
    }
    // An error that the macro itself tells would let it go on in the middle of a call().
    macro.setIgnoreErrors(true);
    macro.abort(problem instanceof Canceled ? null : message);
  }
}
