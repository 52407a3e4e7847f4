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
  private final TakenOut takenOut = new TakenOut();

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
    int x = canvas.offScreenX(e.getX());
    int y = canvas.offScreenY(e.getY());
    new Keep(x, y).runUnrecorded(image);
  }

  private void bringBack(ImagePlus image) {
    Roi[] rois = takenOut.giveBack(image);
    if (rois.length == 0) {
      IJ.showStatus("No reactions were taken out of this photo");
      return;
    }
    new Manager(image).add(rois);
    IJ.showStatus(rois.length + " brought back");
  }

  /** One click; on a thread of its own, as every command that asks the service. */
  private final class Keep extends Command {

    private final int x;
    private final int y;

    Keep(int x, int y) {
      super("Keep one reaction", "service=");
      this.x = x;
      this.y = y;
    }

    @Override
    void run(ImagePlus image, Options options, Requests service) throws Problem {
      if (!busy.compareAndSet(false, true)) {
        return; // the click before this one is still at work
      }
      try {
        Segmentation segmentation = new Segmentation(image, options);
        segmentation.identify();
        EarlierOutlines earlier = new EarlierOutlines(Manager.rois(), segmentation::isOfPhoto);
        if (earlier.isEmpty()) {
          keepNew(image, service.ask(segmentation::outlines));
        } else {
          keepOne(image, earlier);
        }
      } finally {
        busy.set(false);
      }
    }

    private void keepNew(ImagePlus image, Roi[] found) {
      Roi kept = EarlierOutlines.around(x, y, found);
      if (kept != null) {
        new Manager(image).add(new Roi[] {kept});
        tell(image, kept, Arrays.asList(found));
      } else if (found.length == 0) {
        IJ.showStatus("No erythema found");
      } else {
        tellOfNone();
      }
    }

    private void keepOne(ImagePlus image, EarlierOutlines earlier) {
      Roi kept = earlier.at(x, y);
      if (kept == null) {
        tellOfNone();
        return;
      }
      List<Roi> others = new ArrayList<>(earlier.unedited());
      others.removeIf(roi -> roi == kept);
      new Manager(image).remove(others);
      tell(image, kept, others);
    }

    private void tellOfNone() {
      IJ.showStatus("There is no reaction here: click inside an outline");
    }

    private void tell(ImagePlus image, Roi kept, List<Roi> found) {
      Roi[] others = found.stream().filter(roi -> roi != kept).toArray(Roi[]::new);
      if (others.length > 0) {
        takenOut.remember(image, others);
      }
      String left = others.length == 0 ? "" : " (Alt-click brings them back)";
      IJ.showStatus("Kept " + kept.getName() + "; left out: " + others.length + left);
    }
  }
}
