package erythema;

import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import ij.IJ;
import ij.macro.Interpreter;
import java.awt.GraphicsEnvironment;
import java.util.Arrays;

/** Ends a macro with a message. */
final class MacroStop {

  private MacroStop() {}

  /** The macro that waits for what this thread does, or null; another one may run meanwhile. */
  static Interpreter waiting() {
    String interpreter = Interpreter.class.getName();
    boolean waits =
        Arrays.stream(Thread.currentThread().getStackTrace())
            .anyMatch(call -> call.getClassName().equals(interpreter));
    return waits ? Interpreter.getInstance() : null;
  }

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
