package erythema;

import erythema.core.Credentials;
import erythema.core.Diagnosis;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.NoService;
import erythema.core.ServiceAddress;
import ij.IJ;
import ij.ImagePlus;

/** Plugins > Erythema > Erythema service...: where the service is, and whether it works. */
public class ErythemaService extends Command {

  public ErythemaService() {
    super("Erythema service...", "service=");
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    String given = options.get("service");
    options.set("service", ServiceDialog.ask(given, trouble(given) + ServiceDialog.hint()));
  }

  /** What is wrong with the known address, which this command is there to mend. */
  private static String trouble(String given) {
    try {
      ServiceAddress.find(given);
      return "";
    } catch (NoService malformed) {
      return malformed.getMessage() + "\n";
    }
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    Diagnosis diagnosis = use(options);
    IJ.showStatus("Erythema service: network " + diagnosis.nameOfNetwork());
  }

  /**
   * Tests the service of the options, or the known one, logs what is doubtful about it, and keeps
   * its address if it works.
   */
  static Diagnosis use(Options options) throws Problem {
    String given = options.get("service");
    String address = ServiceAddress.find(given);
    IJ.showStatus("Testing the service (Esc cancels)");
    Diagnosis diagnosis = Diagnosis.of(address, Credentials.of(address));
    if (given != null) {
      ServiceAddress.remember(address);
    }
    diagnosis.doubts.forEach(IJ::log);
    diagnosis.remember();
    return diagnosis;
  }
}
