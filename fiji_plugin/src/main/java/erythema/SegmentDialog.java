package erythema;

import erythema.core.NetworkInfo;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import ij.IJ;
import ij.ImageListener;
import ij.ImagePlus;
import ij.Prefs;
import ij.gui.DialogListener;
import ij.gui.GenericDialog;
import ij.gui.NonBlockingGenericDialog;
import java.awt.AWTEvent;
import java.awt.Checkbox;
import java.math.BigDecimal;
import java.util.Arrays;

/** Asks a person how the photo is to be segmented, who may zoom and look around meanwhile. */
final class SegmentDialog implements DialogListener, ImageListener {

  private static final String PREFERENCE = "erythema.segment";
  private static final String[] REMEMBERED = Segment.keys("manager=", "overlay");
  private static final String[] MANAGER_CHOICES = {"append", "replace ours", "new set", "none"};
  private static final int DIGITS = 3;

  private final ImagePlus image;
  private final NetworkInfo network;
  private final boolean stack;
  private final double threshold;
  private final double percent;
  private final NonBlockingGenericDialog dialog;
  private Preview preview;

  /**
   * @param stack whether the image has several photos
   */
  SegmentDialog(ImagePlus image, NetworkInfo network, boolean stack) throws Problem {
    this.image = image;
    this.network = network;
    this.stack = stack;
    // As the fields show them: whoever leaves a field alone means the network's own.
    threshold = rounded(network.threshold);
    percent = rounded(100 * network.smallest);
    Options last = last();
    dialog = new NonBlockingGenericDialog("Segment erythema");
    String only = network.name + " " + network.version; // a service has one network
    dialog.addChoice("Network", new String[] {only}, only);
    dialog.addSlider("Threshold", 0, 1, number(last, "threshold", threshold), 0.001);
    double smallest = number(last, "smallest", percent / 100);
    dialog.addNumericField("Smallest area", 100 * smallest, DIGITS, 7, "% of photo or selection");
    int manager = Arrays.asList(SegmentErythema.MANAGER).indexOf(last.get("manager"));
    dialog.addChoice("ROI Manager", MANAGER_CHOICES, MANAGER_CHOICES[Math.max(manager, 0)]);
    dialog.addCheckbox("Overlay", last.has("overlay"));
    dialog.addCheckbox("Mask", last.has("mask"));
    dialog.addCheckbox("Probability image", last.has("probability"));
    if (stack) {
      dialog.addCheckbox("All photos of the stack", last.has("stack"));
    }
    dialog.addCheckbox("Preview", false);
    dialog.addDialogListener(this);
  }

  /** Sets the options to what is chosen, as far as it differs from what is meant without. */
  void ask(Options options, Command.Requests service) throws Problem {
    preview = new Preview(image, service, this::previewFailed);
    ImagePlus.addImageListener(this);
    try {
      dialog.showDialog();
    } finally {
      ImagePlus.removeImageListener(this);
      preview.close();
    }
    if (!image.isVisible()) {
      throw new Problem(image.getTitle() + " was closed.\nOpen it again");
    }
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
    IJ.resetEscape(); // it was for the preview
    read(options);
    remember(options);
  }

  @Override
  public boolean dialogItemChanged(GenericDialog same, AWTEvent event) {
    if (event == null) {
      return true; // the dialog has closed; reading it now would record its fields
    }
    Values values = new Values();
    boolean valid = values.threshold > 0 && values.threshold <= 1;
    valid &= values.percent >= 0 && values.percent <= 100; // false for no number, too
    if (valid && values.preview) {
      preview.show(
          values.threshold == threshold ? network.threshold : values.threshold,
          values.percent == percent ? network.smallest : values.percent / 100);
    } else {
      preview.hide();
    }
    return valid;
  }

  /** What the fields hold, in their order. */
  private final class Values {
    final int network = dialog.getNextChoiceIndex();
    final double threshold = dialog.getNextNumber();
    final double percent = dialog.getNextNumber();
    final int manager = dialog.getNextChoiceIndex();
    final boolean overlay = dialog.getNextBoolean();
    final boolean mask = dialog.getNextBoolean();
    final boolean probability = dialog.getNextBoolean();
    final boolean all = stack && dialog.getNextBoolean();
    final boolean preview = dialog.getNextBoolean();
  }

  private void read(Options options) {
    Values values = new Values();
    options.set("threshold", values.threshold == threshold ? null : plain(values.threshold, 0));
    options.set("smallest", values.percent == percent ? null : plain(values.percent, 2));
    options.set("manager", values.manager == 0 ? null : SegmentErythema.MANAGER[values.manager]);
    options.setFlag("overlay", values.overlay);
    options.setFlag("mask", values.mask);
    options.setFlag("probability", values.probability);
    options.setFlag("stack", values.all);
  }

  private static String plain(double number, int places) {
    return BigDecimal.valueOf(number).movePointLeft(places).stripTrailingZeros().toPlainString();
  }

  private static double rounded(double number) {
    return Double.parseDouble(IJ.d2s(number, DIGITS));
  }

  private static double number(Options options, String key, double otherwise) throws Problem {
    Double number = options.share(key);
    return number == null ? otherwise : number;
  }

  /** What was chosen last; threshold and smallest area hold for the network that they were for. */
  private Options last() throws Problem {
    try {
      Options last = Options.parse(Prefs.get(PREFERENCE, ""), REMEMBERED);
      number(last, "threshold", 0);
      number(last, "smallest", 0);
      if (!network.name.equals(last.get("network"))) {
        last.set("threshold", null);
        last.set("smallest", null);
      }
      return last;
    } catch (Problem ofAnotherVersion) {
      return Options.parse("");
    }
  }

  private void remember(Options options) {
    StringBuilder text = new StringBuilder("network=[" + network.name + "]");
    options.forEach(
        (key, value) -> text.append(' ').append(value == null ? key : key + "=" + value));
    Prefs.set(PREFERENCE, text.toString());
  }

  private void previewFailed(Problem problem) {
    ((Checkbox) dialog.getCheckboxes().lastElement()).setState(false);
    if (problem instanceof Canceled) {
      IJ.showStatus("The preview was canceled");
    } else {
      IJ.showMessage("Segment erythema", problem.getMessage());
    }
  }

  @Override
  public void imageClosed(ImagePlus closed) {
    if (closed == image) {
      dialog.windowClosing(null);
    }
  }

  @Override
  public void imageOpened(ImagePlus opened) {}

  @Override
  public void imageUpdated(ImagePlus updated) {}
}
