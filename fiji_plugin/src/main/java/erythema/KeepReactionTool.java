package erythema;

import erythema.core.EarlierOutlines;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Segmentation;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.ImageCanvas;
import ij.gui.Roi;
import ij.plugin.tool.PlugInTool;
import java.awt.event.MouseEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plugins > Erythema > Keep one reaction: a tool for ImageJ's toolbar. A click on a reaction takes
 * the others that the network found in this photo out of the ROI Manager, but none that a person
 * drew or changed. A photo that has none yet is segmented first. A click with Alt brings back what
 * the last one took out.
 */
public class KeepReactionTool extends PlugInTool {

  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile ImagePlus lastImage;
  private volatile Roi[] takenOut = {};

  @Override
  public String getToolName() {
    return "Keep reaction";
  }

  @Override
  public String getToolIcon() {
    return "C900O11eeC060L587bL7bd4"; // a tick in a circle
  }

  @Override
  public void mousePressed(ImagePlus image, MouseEvent e) {
    if (e.isPopupTrigger() || e.isMetaDown()) {
      return; // ImageJ's menu
    }
    e.consume();
    if (e.isAltDown()) {
      bringBack(image);
      return;
    }
    ImageCanvas canvas = image.getCanvas();
    new Keep(image, canvas.offScreenX(e.getX()), canvas.offScreenY(e.getY())).run("");
  }

  private void bringBack(ImagePlus image) {
    if (image != lastImage || takenOut.length == 0) {
      IJ.showStatus("No reactions were taken out of this photo");
      return;
    }
    new Manager(image).add(takenOut);
    IJ.showStatus(takenOut.length + " brought back");
    takenOut = new Roi[0];
  }

  /** One click; on a thread of its own, as every command that asks the service. */
  private final class Keep extends Command {

    private final ImagePlus clicked;
    private final int x;
    private final int y;

    Keep(ImagePlus clicked, int x, int y) {
      super("Keep one reaction", "service=");
      this.clicked = clicked;
      this.x = x;
      this.y = y;
    }

    @Override
    void run(ImagePlus current, Options options, Service service) throws Problem {
      if (!busy.compareAndSet(false, true)) {
        return; // the click before this one is still at work
      }
      try {
        Segmentation segmentation = new Segmentation(clicked, options);
        segmentation.identify();
        EarlierOutlines earlier = new EarlierOutlines(Manager.rois(), segmentation::isOfPhoto);
        if (earlier.isEmpty()) {
          keepNew(service.ask(segmentation::outlines));
        } else {
          keepOne(earlier);
        }
      } finally {
        busy.set(false);
      }
    }

    private void keepNew(Roi[] found) {
      Roi kept = EarlierOutlines.around(x, y, found);
      if (kept != null) {
        new Manager(clicked).add(new Roi[] {kept});
        tell(kept, Arrays.asList(found));
      } else if (found.length == 0) {
        IJ.showStatus("No erythema found");
      } else {
        tellOfNone();
      }
    }

    private void keepOne(EarlierOutlines earlier) {
      Roi kept = earlier.at(x, y);
      if (kept == null) {
        tellOfNone();
        return;
      }
      List<Roi> others = new ArrayList<>(earlier.unedited());
      others.removeIf(roi -> roi == kept);
      new Manager(clicked).remove(others);
      tell(kept, others);
    }

    private void tellOfNone() {
      IJ.showStatus("There is no reaction here: click inside an outline");
    }

    private void tell(Roi kept, List<Roi> found) {
      Roi[] others = found.stream().filter(roi -> roi != kept).toArray(Roi[]::new);
      if (others.length > 0) {
        lastImage = clicked;
        takenOut = others;
      }
      String left = others.length == 0 ? "" : " (Alt-click brings them back)";
      IJ.showStatus("Kept " + kept.getName() + "; left out: " + others.length + left);
    }
  }
}
