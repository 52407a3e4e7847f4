package erythema;

import erythema.core.LatestWriter;
import erythema.core.PhotoState;
import erythema.core.Provenance;
import erythema.core.ReaderFolder;
import erythema.core.Reading;
import erythema.core.RoiSet;
import ij.ImagePlus;
import ij.gui.Roi;
import java.awt.Rectangle;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a reader says of the photo on the screen. The outlines are those in the ROI Manager; what is
 * drawn in the image goes there by itself, and each change is handed to the writer. All of this is
 * for the event thread.
 */
final class PhotoEditor {

  private static final int LEAST_CORNERS = 3;

  private final String id;
  private final ImagePlus image;
  private final ReaderFolder reader;
  private final LatestWriter writer;
  private final Deque<PhotoState> earlier = new ArrayDeque<>();
  private final Map<String, String> properties = new HashMap<>(); // of the outlines, by name
  private final Set<Roi> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private Manager manager;
  private PhotoState now;
  private volatile boolean copied; // what was there before this visit

  /**
   * @param image null where the photo cannot be opened
   */
  PhotoEditor(String id, ImagePlus image, ReaderFolder reader, LatestWriter writer) {
    this.id = id;
    this.image = image;
    this.reader = reader;
    this.writer = writer;
  }

  /** Shows what was said already, or the outlines of a draft, of which nothing is said yet. */
  void load(Roi[] outlines, Reading reading) {
    if (image != null) {
      manager = new Manager(image);
      manager.add(outlines);
      OutlineNames.mend(manager, image);
    }
    now = new PhotoState(outlines(), reading);
    remember();
  }

  PhotoState state() {
    return now;
  }

  Roi[] outlines() {
    if (image == null) {
      return new Roi[0];
    }
    Rectangle photo = new Rectangle(image.getWidth(), image.getHeight());
    return Arrays.stream(RoiSet.outlines(Manager.rois()))
        .filter(outline -> outline.getBounds().intersects(photo))
        .toArray(Roi[]::new);
  }

  /** What is said, and of how many outlines. */
  String told() {
    int outlines = outlines().length;
    int others = image == null ? 0 : Manager.rois().length - outlines;
    String said = now.reading.state;
    if (outlines > 0) {
      said = (now.is(Reading.UNREAD) ? "draft" : said) + ": " + outlines;
    } else if (now.is(Reading.UNUSABLE)) {
      said += ": " + now.reading.reason;
    }
    return others == 0
        ? said
        : said + " (not saved: " + others + " that is no outline in the photo)";
  }

  Manager manager() {
    return manager;
  }

  /** Whether an outline is begun and not finished. */
  boolean isDrawing() {
    Roi selection = image == null ? null : image.getRoi();
    return selection != null && selection.isArea() && selection.getState() != Roi.NORMAL;
  }

  /** Takes in what the person did in the image and in the ROI Manager, and has it written. */
  void look() {
    if (image == null || isDrawing()) {
      return;
    }
    if (manager.isClosed()) {
      manager = new Manager(image);
      manager.add(now.outlines());
    }
    OutlineNames.mend(manager, image);
    takeSelection(image.getRoi());
    mendEntries();
    Roi[] outlines = outlines();
    Reading reading = outlines.length == 0 ? new Reading(Reading.UNREAD, "") : outlined();
    PhotoState state = new PhotoState(outlines, reading);
    if (!state.hasOutlinesOf(now)) {
      say(state);
    }
    remember();
  }

  /** With the remark that was there. */
  private Reading outlined() {
    return new Reading(Reading.OUTLINED, now.is(Reading.OUTLINED) ? now.reading.reason : "");
  }

  private void takeSelection(Roi selection) {
    boolean outline = selection != null && RoiSet.isOutline(selection);
    if (!outline || selection.getFloatPolygon().npoints < LEAST_CORNERS) {
      return;
    }
    Roi entry = entry(selection);
    if (entry == null && properties.containsKey(selection.getName())) {
      image.deleteRoi(); // its entry was deleted
    } else if (entry == null) {
      add(selection);
    } else if (entry != selection && !Provenance.isSame(entry, selection)) {
      Roi changed = (Roi) selection.clone();
      manager.replace(entry, changed);
      image.setRoi(entry(selection));
    }
  }

  private void add(Roi selection) {
    if (selection.getName() == null) {
      selection.setName(OutlineNames.free());
    }
    manager.add(new Roi[] {selection});
    image.setRoi(entry(selection)); // itself: dragging a corner changes the entry
  }

  /** The ROI Manager's own ROI that a selection shows, or null. */
  private static Roi entry(Roi selection) {
    Roi named = null;
    for (Roi roi : Manager.rois()) {
      if (roi == selection) {
        return roi;
      }
      if (named == null && selection.getName() != null) {
        named = selection.getName().equals(roi.getName()) ? roi : null;
      }
    }
    return named;
  }

  /** Takes out what was added twice, and gives properties back. */
  private void mendEntries() {
    Set<String> known = new HashSet<>();
    for (Roi roi : outlines()) {
      if (!known.add(roi.getType() + Provenance.digest(roi)) && !seen.contains(roi)) {
        manager.remove(Collections.singleton(roi));
      }
      String had = properties.get(roi.getName());
      if (roi.getPropertyCount() == 0 && had != null) {
        roi.setProperties(had); // "Update" and combined selections lose them
      }
    }
  }

  private void remember() {
    properties.clear();
    seen.clear();
    for (Roi roi : outlines()) {
      seen.add(roi);
      String all = roi.getProperties();
      properties.put(roi.getName(), all == null ? "" : all);
    }
  }

  /** Says that what is on the screen is all, and gives whether something was said now or before. */
  boolean accept() {
    look();
    if (now.is(Reading.UNREAD) && outlines().length > 0) {
      say(now.with(outlined()));
    }
    return !now.is(Reading.UNREAD);
  }

  /** Says that nothing is outlined: the outlines go. */
  void sayInstead(Reading reading) {
    look();
    clear();
    say(new PhotoState(outlines(), reading));
    remember();
  }

  private void clear() {
    if (image != null) {
      image.deleteRoi();
      manager.remove(Arrays.asList(outlines()));
    }
  }

  private void say(PhotoState state) {
    earlier.push(now);
    write(state);
  }

  private void write(PhotoState state) {
    now = state;
    writer.write(
        () -> {
          state.write(reader, id, !copied);
          copied = true;
        });
  }

  /** Takes the last change back, or an outline that is begun; gives whether there was one. */
  boolean undo() {
    if (isDrawing()) {
      image.deleteRoi();
      return true;
    }
    look();
    if (earlier.isEmpty()) {
      return false;
    }
    PhotoState before = earlier.pop();
    clear();
    if (image != null) {
      manager.add(before.outlines());
    }
    write(before);
    remember();
    return true;
  }

  /** The outline that the person has selected in the image, or null. */
  Roi selected() {
    Roi selection = image == null || isDrawing() ? null : image.getRoi();
    return selection == null ? null : entry(selection);
  }

  /** Takes out the outline that is selected or begun; gives whether there was one. */
  boolean delete() {
    Roi entry = selected();
    boolean was = entry != null || isDrawing();
    if (image != null) {
      image.deleteRoi();
    }
    if (entry != null) {
      manager.remove(Collections.singleton(entry));
      look();
    }
    return was;
  }

  void name(Roi outline, String name) {
    OutlineNames.set(manager, image, outline, name);
    look();
  }

  /** Empties the ROI Manager, which was empty when the session began. */
  void end() {
    if (image != null && !manager.isClosed()) {
      manager.remove(Arrays.asList(Manager.rois()));
    }
  }
}
