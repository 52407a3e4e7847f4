package erythema;

import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.ReaderFolder;
import erythema.core.Reading;
import ij.gui.GenericDialog;

/** The fields of a dialog for who reads a photo, and what is said of it. */
final class ReadingFields {

  private ReadingFields() {}

  static void add(GenericDialog dialog) {
    dialog.addStringField("Reader:", ReaderFolder.lastReader(), 15);
    dialog.addChoice("State:", Reading.SAID, Reading.OUTLINED);
    dialog.addStringField("Reason (why unusable, or a remark):", "", 30);
    dialog.addHelp(Manual.html());
  }

  static void show(GenericDialog dialog) throws Canceled {
    dialog.showDialog();
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
  }

  static void read(GenericDialog dialog, Options options) throws Problem {
    options.set("reader", ReaderFolder.remember(dialog.getNextString()));
    options.set("state", dialog.getNextChoice());
    options.set("reason", dialog.getNextString());
  }
}
