package erythema;

import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Segmentation;
import erythema.core.ServiceAddress;
import erythema.core.Settings;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import java.util.List;

/** Segments photos without opening a window: for macros, headless ones too. */
public final class Segment {

  private Segment() {}

  /**
   * {@code call("erythema.Segment.run", "key=value ...")}.
   *
   * <p>The outlines of the current image are added to its overlay; those of any image are saved as
   * an ROI set where {@code output=} says so.
   *
   * @param options {@code photo=[FILE]} (the current image where omitted), and those of {@link
   *     SegmentErythema} except {@code manager=}: there is no ROI Manager
   * @return the number of reactions found
   * @throws IllegalArgumentException where something is wrong and no macro runs; a macro is stopped
   *     with the message instead
   */
  public static String run(String options) {
    return Call.run(() -> run(Options.parse(options, keys("photo=", "service=", "overlay"))));
  }

  /**
   * For programs that hold an image: nothing is shown, saved or changed.
   *
   * @param options {@code network=}, {@code threshold=}, {@code smallest=}, {@code stack}, {@code
   *     service=}, as for {@link #run(String)}
   */
  public static Roi[] outlines(ImagePlus image, String options) throws Problem {
    IJ.resetEscape();
    Options given = Options.parse(options, Call.keys(Settings.KEYS, "stack", "service="));
    return new Segmentation(image, given).outlines(ServiceAddress.find(given.get("service")));
  }

  /** The keys of a command that segments photos: some of its own, and those that all have. */
  static String[] keys(String... own) {
    return Call.keys(Segmentation.KEYS, own);
  }

  private static String run(Options options) throws Problem {
    String path = options.get("photo");
    ImagePlus image = Call.photo(options);
    String address = ServiceAddress.find(options.get("service"));
    Segmentation segmentation = new Segmentation(image, options);
    Roi[] rois = segmentation.outlines(address);
    List<ImagePlus> images = segmentation.images(address);
    if (path == null) {
      Outlines.addToOverlay(image, rois);
    }
    segmentation.save(rois);
    images.forEach(ImagePlus::show);
    return Integer.toString(rois.length);
  }
}
