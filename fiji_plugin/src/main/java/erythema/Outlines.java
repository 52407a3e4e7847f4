package erythema;

import erythema.core.Options;
import erythema.core.Overlays;
import erythema.core.Photo;
import erythema.core.Problem;
import erythema.core.Provenance;
import erythema.core.Reading;
import erythema.core.RoiSet;
import erythema.core.StackPosition;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.plugin.frame.RoiManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The outlines that a person or a macro works with. */
final class Outlines {

  private Outlines() {}

  /** Adds copies of outlines to the image's overlay. */
  static void addToOverlay(ImagePlus image, Roi[] rois) {
    Overlays.add(
        image, Arrays.stream(rois).map(roi -> (Roi) roi.clone()).collect(Collectors.toList()));
  }

  /**
   * The outlines that a person means: those selected in the ROI Manager, else all there but for
   * other photos' ones, else those of the image's overlay, else the image's selection.
   */
  static Roi[] of(ImagePlus image) throws Problem {
    check(image);
    Roi[] found = inManager(image);
    if (found.length == 0 && image.getOverlay() != null) {
      found = RoiSet.outlines(image.getOverlay().toArray());
    }
    if (found.length == 0 && image.getRoi() != null) {
      found = RoiSet.outlines(new Roi[] {image.getRoi()});
    }
    if (found.length == 0) {
      throw new Problem(
          "There are no outlines of "
              + image.getTitle()
              + ".\nRun Segment erythema, draw one with the polygon tool, or select those that you"
              + " mean in the ROI Manager");
    }
    return found;
  }

  /** Those for a reading: of the option rois=, else those meant; none where it is not outlined. */
  static Roi[] of(ImagePlus image, Reading reading, Options options) throws Problem {
    if (!reading.state.equals(Reading.OUTLINED)) {
      return new Roi[0];
    }
    String path = options.get("photo") == null ? options.get("rois") : options.required("rois");
    return path == null ? of(image) : RoiSet.read("rois", path);
  }

  private static Roi[] inManager(ImagePlus image) {
    RoiManager manager = RoiManager.getInstance2();
    if (manager == null) {
      return new Roi[0];
    }
    int[] selected = manager.getSelectedIndexes(); // once: a macro's "select" is told only once
    if (selected.length > 0) {
      return RoiSet.outlines(Arrays.stream(selected).mapToObj(manager::getRoi).toArray(Roi[]::new));
    }
    return filter(RoiSet.outlines(manager.getRoisAsArray()), isNotOfOthers(image));
  }

  /** Those that do not lie on other photos of a stack. */
  static Roi[] shown(ImagePlus image, Roi[] rois) {
    return filter(rois, roi -> StackPosition.isShown(roi, image));
  }

  private static Roi[] filter(Roi[] rois, Predicate<Roi> meant) {
    return Arrays.stream(rois).filter(meant).toArray(Roi[]::new);
  }

  /** Whether an outline notes no photo, or the one that is where it lies in the image. */
  private static Predicate<Roi> isNotOfOthers(ImagePlus image) {
    Map<Integer, String> keys = new HashMap<>();
    return roi -> {
      String photo = Provenance.photo(roi);
      return photo == null
          || photo.equals(
              keys.computeIfAbsent(StackPosition.slice(roi, image), slice -> key(image, slice)));
    };
  }

  private static String key(ImagePlus image, int slice) {
    try {
      return Photo.ofSlice(image, slice).key();
    } catch (Problem noPhoto) {
      return "";
    }
  }

  /** The image, which must be there. */
  static ImagePlus check(ImagePlus image) throws Problem {
    if (image == null) {
      throw new Problem("There are no images open.\nOpen the photo of the outlines first");
    }
    return image;
  }
}
