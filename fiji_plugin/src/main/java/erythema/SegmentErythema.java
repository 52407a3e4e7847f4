package erythema;

import erythema.core.Confidence;
import erythema.core.EarlierOutlines;
import erythema.core.NetworkInfo;
import erythema.core.Options;
import erythema.core.Photo;
import erythema.core.Problem;
import erythema.core.Segmentation;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import java.awt.GraphicsEnvironment;
import java.util.List;

/**
 * Plugins > Erythema > Segment erythema: the outlines in the current photo, or inside its
 * selection, go to the ROI Manager, and elsewhere as asked for.
 *
 * <p>Options: {@code network=}, {@code threshold=}, {@code smallest=} (the network's own where
 * omitted), {@code manager=append|replace|new|none}, {@code overlay}, {@code mask}, {@code
 * probability}, {@code stack} (all photos of a stack), {@code output=[FOLDER or FILE.zip]}, {@code
 * service=}. Headless there is no ROI Manager, and the outlines go to the overlay.
 */
public class SegmentErythema extends Command {

  static final String[] MANAGER = {"append", "replace", "new", "none"};

  private int leftAlone; // earlier outlines that are a person's work

  public SegmentErythema() {
    super("Segment erythema", Segment.keys("service=", "manager=", "overlay"));
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    new Segmentation(image, options); // what is no photo needs no dialog
    boolean stack = Photo.slices(image).length > 1;
    NetworkInfo network = service.ask(NetworkInfo::of);
    new SegmentDialog(image, network, stack).ask(options, service);
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    String manager = options.oneOf("manager", MANAGER);
    Segmentation segmentation = new Segmentation(image, options);
    Roi[] rois = service.ask(segmentation::outlines);
    List<ImagePlus> images = service.ask(segmentation::images);
    if (GraphicsEnvironment.isHeadless()) {
      Outlines.addToOverlay(image, rois);
    } else {
      if (!manager.equals("none")) {
        fillManager(manager, image, segmentation, rois);
      }
      if (options.has("overlay")) {
        Outlines.addToOverlay(image, rois);
      }
    }
    segmentation.save(rois);
    images.forEach(ImagePlus::show);
    String count = rois.length == 0 ? "No erythema found" : rois.length + " erythema outlined";
    String left = leftAlone == 0 ? "" : "; edited or named outlines left as they are: " + leftAlone;
    IJ.showStatus(count + left);
  }

  /** On the event thread, where no person changes the ROI Manager between the steps. */
  private void fillManager(String how, ImagePlus image, Segmentation segmentation, Roi[] rois) {
    Manager manager = new Manager(image);
    Manager.onEventThread(
        () -> {
          if (how.equals("replace")) {
            replaceEarlier(manager, segmentation, rois);
          } else if (how.equals("new")) {
            makeSet(manager.freeGroup(), rois);
          }
          manager.add(rois);
        });
  }

  private void replaceEarlier(Manager manager, Segmentation segmentation, Roi[] rois) {
    EarlierOutlines earlier = new EarlierOutlines(Manager.rois(), segmentation::covers);
    earlier.passNamesTo(rois);
    manager.remove(earlier.unedited());
    leftAlone = earlier.edited();
  }

  private static void makeSet(int group, Roi[] rois) {
    for (Roi roi : rois) {
      roi.setGroup(group);
      Confidence.show(roi); // the group has coloured the line
    }
  }
}
