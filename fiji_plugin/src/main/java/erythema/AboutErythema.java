package erythema;

import erythema.core.Credentials;
import erythema.core.Diagnosis;
import erythema.core.LocalService;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.ServiceAddress;
import erythema.core.Version;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import ij.gui.HTMLDialog;

/** Plugins > Erythema > About Erythema...: versions, licence, manual; for a macro, in the log. */
public class AboutErythema extends Command {

  private static final int PATIENCE_MS = 2000;

  public AboutErythema() {
    super("About Erythema...");
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    GenericDialog dialog = new GenericDialog("About Erythema");
    dialog.addMessage(text());
    dialog.enableYesNoCancel("OK", "Manual");
    dialog.hideCancelButton();
    dialog.showDialog();
    if (!dialog.wasCanceled() && !dialog.wasOKed()) {
      new HTMLDialog("Erythema manual", Manual.html(), false);
    }
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    if (!service.asksPerson()) {
      IJ.log(text());
    }
  }

  private static String text() throws Canceled {
    return "Erythema "
        + Version.ofPlugin()
        + ": outlines skin prick test reactions\n"
        + "ImageJ "
        + IJ.getVersion()
        + ", Java "
        + System.getProperty("java.version")
        + "\n \n"
        + service()
        + "\n \nApache License 2.0";
  }

  private static String service() throws Canceled {
    try {
      String address = ServiceAddress.find(null);
      if (address.equals(ServiceAddress.LOCAL) && !LocalService.isRunning()) {
        return "The service on this computer does not run; the first command starts it.";
      }
      return Diagnosis.of(address, Credentials.of(address), PATIENCE_MS).text();
    } catch (Canceled canceled) {
      throw canceled;
    } catch (Problem problem) {
      return problem.getMessage();
    }
  }
}
