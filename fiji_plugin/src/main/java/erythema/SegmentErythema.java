package erythema;

import erythema.Problem.Canceled;
import erythema.Problem.NoService;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.gui.Roi;
import ij.macro.Interpreter;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;

/** Plugins > Erythema > Segment erythema: the current photo's outlines go to the ROI Manager. */
public class SegmentErythema implements PlugIn {

  private static final String TITLE = "Segment erythema";

  @Override
  public void run(String arg) {
    ImagePlus image = WindowManager.getCurrentImage();
    String options = Macro.getOptions();
    boolean interactive = isInteractive();
    if (EventQueue.isDispatchThread()) {
      new Thread(() -> segment(image, options, interactive), TITLE).start();
    } else {
      segment(image, options, interactive);
    }
  }

  /**
   * Whether a person clicked; what macros run has this thread name, and must never meet a dialog.
   */
  private static boolean isInteractive() {
    boolean macro = Thread.currentThread().getName().startsWith("Run$_");
    return !macro && !GraphicsEnvironment.isHeadless();
  }

  private static void segment(ImagePlus image, String macroOptions, boolean interactive) {
    try {
      Options options = Options.parse(macroOptions, "service", "threshold", "smallest", "output");
      Segmentation segmentation = new Segmentation(image, options);
      String address = ServiceAddress.find(options.get("service"));
      Roi[] rois =
          interactive ? askAndSegment(segmentation, address) : segmentation.outlines(address);
      show(image, rois);
      segmentation.save(rois);
    } catch (Problem problem) {
      tell(problem);
    }
  }

  /** Asks for the address where none is known, and again where no service is found there. */
  private static Roi[] askAndSegment(Segmentation segmentation, String known) throws Problem {
    String address = known == null ? ask("Where is the erythema service?", null) : known;
    while (true) {
      try {
        Roi[] rois = segmentation.outlines(address);
        if (!address.equals(known)) {
          ServiceAddress.remember(address);
        }
        record(address);
        return rois;
      } catch (NoService none) {
        address = ask(none.getMessage(), address);
      }
    }
  }

  private static String ask(String question, String address) throws Problem {
    forgetRecorded();
    GenericDialog dialog = new GenericDialog(TITLE);
    dialog.addMessage(question);
    dialog.addStringField("Service:", address == null ? ServiceAddress.DEFAULT : address, 30);
    dialog.showDialog();
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
    return ServiceAddress.check("Service", dialog.getNextString());
  }

  private static void record(String address) {
    forgetRecorded();
    if (Recorder.record) {
      Recorder.recordOption("service", address);
    }
  }

  /** Forgets what a dialog recorded: the Recorder refuses a second value of one key. */
  private static void forgetRecorded() {
    if (Recorder.record) {
      Recorder.setCommand(Recorder.getCommand());
    }
  }

  private static void show(ImagePlus image, Roi[] rois) {
    if (GraphicsEnvironment.isHeadless()) {
      Outlines.addToOverlay(image, rois);
    } else if (rois.length > 0) {
      Outlines.addToManager(image, rois);
    }
  }

  private static void tell(Problem problem) {
    Interpreter macro = Interpreter.getInstance();
    if (problem instanceof Canceled) {
      IJ.showStatus(problem.getMessage());
      Recorder.disableCommandRecording();
      if (macro != null) {
        MacroStop.stop(macro, problem);
      }
    } else if (!GraphicsEnvironment.isHeadless()) {
      IJ.error(TITLE, problem.getMessage() + "\n"); // a macro adds its line number
    } else if (macro != null) {
      MacroStop.stop(macro, problem);
    } else {
      IJ.log(problem.getMessage());
      Macro.abort();
    }
  }
}
