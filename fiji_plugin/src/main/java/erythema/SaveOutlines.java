package erythema;

import erythema.core.DataSetPhoto;
import erythema.core.Options;
import erythema.core.Problem;
import ij.ImagePlus;
import ij.gui.GenericDialog;

/** Plugins > Erythema > Save outlines...: as a reader's, in the layout of data sets. */
public class SaveOutlines extends Command {

  public SaveOutlines() {
    super("Save outlines...", Save.KEYS);
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    String folder = DataSetPhoto.file(Outlines.check(image)).getParent();
    GenericDialog dialog = new GenericDialog("Save outlines");
    dialog.addMessage(
        "The outlines of "
            + image.getTitle()
            + " that are selected in the ROI Manager, else all there,\n"
            + "else those of the overlay or the selection. Earlier ones of the reader are kept,\n"
            + "with the date, in the folder earlier.");
    dialog.addDirectoryField("Data set:", folder, 30);
    ReadingFields.add(dialog);
    ReadingFields.show(dialog);
    options.set("folder", dialog.getNextString());
    ReadingFields.read(dialog, options);
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    Save.run(image, options);
  }
}
