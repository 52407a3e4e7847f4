package erythema;

import erythema.core.FolderBatch;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.Settings;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import java.util.stream.Stream;

/** Plugins > Erythema > Segment folder...: the files that {@code erythema segment} writes. */
public class SegmentFolderCommand extends Command {

  static final String[] KEYS =
      Stream.of(FolderBatch.KEYS, Settings.KEYS, new String[] {"service="})
          .flatMap(Stream::of)
          .toArray(String[]::new);

  private static String input = "";
  private static String output = "";

  public SegmentFolderCommand() {
    super("Segment folder...", KEYS);
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    GenericDialog dialog = new GenericDialog("Segment folder");
    dialog.addDirectoryField("Input folder:", input, 30);
    dialog.addDirectoryField("Output folder:", output, 30);
    dialog.addCheckbox("Subfolders, too", false);
    dialog.addMessage("What is left empty is as the network has it.");
    dialog.addStringField("Network:", "", 10);
    dialog.addStringField("Threshold:", "", 10);
    dialog.addStringField("Smallest area (share of the photo):", "", 10);
    dialog.addCheckbox("Resume: leave out photos that are done", false);
    dialog.showDialog();
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
    remember(dialog.getNextString(), dialog.getNextString());
    options.set("input", input);
    options.set("output", output);
    options.setFlag("subfolders", dialog.getNextBoolean());
    options.set("network", dialog.getNextString());
    options.set("threshold", dialog.getNextString());
    options.set("smallest", dialog.getNextString());
    options.setFlag("resume", dialog.getNextBoolean());
  }

  private static void remember(String folder, String results) {
    input = folder;
    output = results;
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    FolderBatch batch = new FolderBatch(options);
    service.ask(batch::connect);
    batch.run();
  }
}
