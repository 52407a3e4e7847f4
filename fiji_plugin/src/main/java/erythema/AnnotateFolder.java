package erythema;

import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.ReaderFolder;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Annotate folder...: a reader outlines photo after photo. */
public class AnnotateFolder extends Command {

  private static String input = "";

  public AnnotateFolder() {
    super("Annotate folder...", "input=", "reader=");
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    GenericDialog dialog = new GenericDialog("Annotate folder");
    dialog.addDirectoryField("Folder of photos:", input, 30);
    dialog.addStringField("Reader:", ReaderFolder.lastReader(), 10);
    dialog.addMessage("Outlines are saved in reader_NAME in that folder, as you draw.");
    dialog.showDialog();
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
    remember(dialog.getNextString());
    options.set("input", input);
    options.set("reader", ReaderFolder.remember(dialog.getNextString()));
  }

  private static void remember(String folder) {
    input = folder;
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    if (GraphicsEnvironment.isHeadless()) {
      throw new Problem(
          "Annotate folder... needs windows, and this ImageJ has none.\n"
              + "Start ImageJ with a display, without --headless");
    }
    String said = new AnnotateSession(options.required("input"), options.get("reader")).run();
    IJ.showStatus(said);
    if (service.asksPerson()) {
      IJ.showMessage("Annotate folder", said);
    }
  }
}
