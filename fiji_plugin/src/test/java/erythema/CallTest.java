package erythema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.IJ;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What a call that fails stops. */
public class CallTest {

  private static final String WRONG = "service=[no address]";

  /** For the macro below: another thread calls while the macro runs. */
  public static String callOnAnotherThread() throws InterruptedException {
    FutureTask<String> call = new FutureTask<>(() -> Service.run(WRONG));
    new Thread(call).start();
    Throwable told = assertThrows(ExecutionException.class, call::get).getCause();
    return told.getClass().getSimpleName();
  }

  @Test
  void aMacroGoesOnThatRunsWhileJavaCalls() {
    String macro = "told = call('erythema.CallTest.callOnAnotherThread'); return 'on: ' + told;";
    assertEquals("on: IllegalArgumentException", IJ.runMacro(macro));
  }
}
