package erythema;

import erythema.core.LocalService;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.Problem.NoService;
import erythema.core.ServiceAddress;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.macro.Interpreter;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.util.Arrays;

/**
 * A command of the menu that asks the service about the current image: off the event thread, with
 * the service's address asked for where none is known, recorded, and its problems told. One without
 * the option service= does without the service.
 */
abstract class Command implements PlugIn {

  static {
    if (!GraphicsEnvironment.isHeadless()) {
      LocalService.showLogsIn(ServiceLog::new);
    }
  }

  private final String title;
  private final String[] keys;

  /**
   * @param title as the menu has it
   * @param keys those of its options, as {@link Options#parse} takes them
   */
  Command(String title, String... keys) {
    this.title = title;
    this.keys = keys;
  }

  /** Asks a person for the options; macros and the recorder's line give them otherwise. */
  void ask(ImagePlus image, Options options, Requests service) throws Problem {}

  /** Does what the options say, without a question. */
  abstract void run(ImagePlus image, Options options, Requests service) throws Problem;

  /** Makes requests until one finds a service, as often as the person gives another address. */
  interface Requests {
    <T> T ask(Request<T> request) throws Problem;

    /** Whether a person is there to be asked; a macro's command opens no dialog. */
    boolean asksPerson();
  }

  /** One request to the service at an address. */
  interface Request<T> {
    T send(String address) throws Problem;
  }

  @Override
  public void run(String arg) {
    ImagePlus image = WindowManager.getCurrentImage();
    String options = Macro.getOptions();
    boolean interactive = isInteractive();
    offEventThread(
        () -> {
          if (interactive) {
            runRecorded(image, options);
          } else {
            runForMacro(image, options);
          }
        });
  }

  /** Does it for a person who did not take it from the menu, so that it has no line to record. */
  final void runUnrecorded(ImagePlus image) {
    offEventThread(
        () -> {
          try {
            runForPerson(image, Options.parse(null, keys));
          } catch (Problem problem) {
            tell(problem);
          }
        });
  }

  /**
   * Whether a person clicked; what macros run has this thread name, and must never meet a dialog.
   */
  private static boolean isInteractive() {
    boolean macro = Thread.currentThread().getName().startsWith("Run$_");
    return !macro && !GraphicsEnvironment.isHeadless();
  }

  private void offEventThread(Runnable work) {
    IJ.resetEscape();
    if (EventQueue.isDispatchThread()) {
      new Thread(work, title).start();
    } else {
      work.run();
    }
  }

  private void runRecorded(ImagePlus image, String given) {
    try {
      Options options = Options.parse(given, keys);
      runForPerson(image, options);
      record(options);
    } catch (Problem problem) {
      Recorder.disableCommandRecording();
      tell(problem);
    }
  }

  private void runForPerson(ImagePlus image, Options options) throws Problem {
    Asking service = new Asking(options.get("service"));
    ask(image, options, service);
    run(image, options, service);
    if (service.answered) {
      options.set("service", service.known);
    }
  }

  private void runForMacro(ImagePlus image, String given) {
    try {
      Options options = Options.parse(given, keys);
      boolean asks = Arrays.asList(keys).contains("service=");
      run(image, options, new Known(asks ? ServiceAddress.find(options.get("service")) : null));
    } catch (Problem problem) {
      stop(problem);
    }
  }

  /** For macros: the one address, and no dialog. */
  private static final class Known implements Requests {

    private final String address;

    Known(String address) {
      this.address = address;
    }

    @Override
    public <T> T ask(Request<T> request) throws Problem {
      return request.send(address);
    }

    @Override
    public boolean asksPerson() {
      return false;
    }
  }

  /** For a person, who is asked for another address where no service is found. */
  private final class Asking implements Requests {

    private String known;
    private boolean answered;

    Asking(String given) {
      known = given;
    }

    @Override
    public <T> T ask(Request<T> request) throws Problem {
      while (true) {
        try {
          known = ServiceAddress.find(known);
          T answer = request.send(known);
          answered = true;
          return answer;
        } catch (NoService none) {
          known = ServiceDialog.ask(known, none.getMessage());
        }
      }
    }

    @Override
    public boolean asksPerson() {
      return true;
    }
  }

  /**
   * Records the options that were used in the end, not what dialogs held on the way, and this
   * command, though others may have been recorded while its dialog was open.
   */
  private void record(Options options) {
    if (Recorder.record) {
      Recorder.setCommand(title);
      options.forEach(
          (key, value) -> {
            if (value == null) {
              Recorder.recordOption(key);
            } else {
              Recorder.recordOption(key, Recorder.fixString(value));
            }
          });
    }
  }

  /** For a person; whatever macro runs meanwhile has nothing to do with it. */
  private void tell(Problem problem) {
    if (problem instanceof Canceled) {
      IJ.showStatus(title + " was canceled");
    } else {
      IJ.showMessage(title, problem.getMessage());
    }
  }

  /** For a macro, which ends. */
  private void stop(Problem problem) {
    Interpreter macro = MacroStop.waiting();
    if (problem instanceof Canceled) {
      IJ.showStatus(title + " was canceled");
      if (macro != null) {
        MacroStop.stop(macro, problem);
      }
    } else if (!GraphicsEnvironment.isHeadless()) {
      IJ.error(title, problem.getMessage() + "\n"); // a macro adds its line number
    } else if (macro != null) {
      MacroStop.stop(macro, problem);
    } else {
      IJ.log(problem.getMessage());
      Macro.abort();
    }
  }
}
