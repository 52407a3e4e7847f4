package erythema;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Roi;
import ij.plugin.frame.Recorder;
import ij.plugin.frame.RoiManager;
import ij.process.ByteProcessor;
import java.awt.Component;
import java.awt.Container;
import java.awt.EventQueue;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import javax.swing.JList;

/** The ROI Manager, changed without touching what a person has selected in it or in the image. */
final class Manager {

  private static final int LAST_GROUP = 255;

  private final RoiManager manager;
  private final ImagePlus image;
  private final boolean wasEmpty; // else a person may have taken the labels away

  /** The ROI Manager, which is opened where there is none, beside an image whose outlines come. */
  Manager(ImagePlus image) {
    RoiManager open = RoiManager.getInstance2();
    manager = open == null ? RoiManager.getRoiManager() : open;
    this.image = image;
    wasEmpty = manager.getCount() == 0;
  }

  /** The ROIs themselves; none where the ROI Manager is closed. */
  static Roi[] rois() {
    RoiManager open = RoiManager.getInstance2();
    return open == null ? new Roi[0] : open.getRoisAsArray();
  }

  /** Adds copies of ROIs at the end, and shows all ROIs on the image, the first with labels. */
  void add(Roi[] rois) {
    if (rois.length > 0) {
      change(
          () -> {
            for (Roi roi : rois) {
              manager.add(image, roi, -1); // addRoi() also writes on images that have no window
            }
            if (image.getCanvas() != null) {
              showAll();
            }
          });
    }
  }

  /** Takes ROIs out, each being one of {@link #rois}; some may be gone already. */
  void remove(Collection<Roi> rois) {
    change(
        () -> {
          int[] present = indexes(rois);
          if (present.length > 0) { // with none selected, "delete" would delete all
            manager.setSelectedIndexes(present);
            manager.runCommand("delete");
          }
        });
  }

  /** Puts a copy of an ROI in the place of one of {@link #rois}, unless that is gone already. */
  void replace(Roi old, Roi roi) {
    change(
        () -> {
          for (int index : indexes(Collections.singleton(old))) {
            manager.setRoi(roi, index);
          }
        });
  }

  /** Names one of {@link #rois}, unless it is gone already. */
  void rename(Roi roi, String name) {
    change(
        () -> {
          for (int index : indexes(Collections.singleton(roi))) {
            manager.rename(index, name);
          }
        });
  }

  /** Whether a person closed it. */
  boolean isClosed() {
    return RoiManager.getInstance2() != manager;
  }

  RoiManager window() {
    return manager;
  }

  /** The first number that is no ROI's group, so that a set can be told from the others. */
  int freeGroup() {
    Set<Integer> used = new HashSet<>();
    for (Roi roi : rois()) {
      used.add(roi.getGroup());
    }
    IntPredicate free = group -> !used.contains(group);
    return IntStream.rangeClosed(1, LAST_GROUP).filter(free).findFirst().orElse(LAST_GROUP);
  }

  private Roi[] at(int[] indexes) {
    return Arrays.stream(indexes).mapToObj(manager::getRoi).toArray(Roi[]::new);
  }

  /** Where ROIs are now: themselves, not their like. */
  private int[] indexes(Collection<Roi> rois) {
    Roi[] all = manager.getRoisAsArray();
    return IntStream.range(0, all.length)
        .filter(i -> rois.stream().anyMatch(roi -> roi == all[i]))
        .toArray();
  }

  private void showAll() {
    Roi selection = image.getRoi();
    manager.runCommand(wasEmpty ? "show all with labels" : "show all"); // else as they are
    if (selection != null) {
      image.setRoi(selection); // "Show All" takes the image's own selection away
    }
  }

  /**
   * Does work on the event thread with this image as the current one, unrecorded, with the same
   * ROIs selected in the list afterwards, and without their being put on the image for that.
   */
  private void change(Runnable work) {
    onEventThread(
        () -> {
          JList<?> list = list(manager);
          boolean recording = Recorder.record;
          ImagePlus current = WindowManager.getTempCurrentImage();
          Roi[] selected = at(manager.getSelectedIndexes());
          Recorder.record = false;
          WindowManager.setTempCurrentImage(image.getCanvas() == null ? blank() : image);
          if (list != null) {
            list.removeListSelectionListener(manager);
          }
          try {
            work.run();
          } finally {
            manager.setSelectedIndexes(indexes(Arrays.asList(selected)));
            if (list != null) {
              list.addListSelectionListener(manager);
            }
            WindowManager.setTempCurrentImage(current);
            Recorder.record = recording;
          }
        });
  }

  /** Takes the overlay that the ROI Manager gives images without a window. */
  private static ImagePlus blank() {
    return new ImagePlus("", new ByteProcessor(1, 1));
  }

  /** A hidden ROI Manager, of a macro in batch mode, has its list in no window. */
  private static JList<?> list(Container container) {
    for (Component component : container.getComponents()) {
      if (component instanceof JList) {
        return (JList<?>) component;
      }
      JList<?> inner = component instanceof Container ? list((Container) component) : null;
      if (inner != null) {
        return inner;
      }
    }
    return null;
  }

  static void onEventThread(Runnable work) {
    if (EventQueue.isDispatchThread()) {
      work.run();
      return;
    }
    try {
      EventQueue.invokeAndWait(work);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (InvocationTargetException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }
}
