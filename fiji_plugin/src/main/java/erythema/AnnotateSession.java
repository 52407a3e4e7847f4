package erythema;

import erythema.core.Drafts;
import erythema.core.FolderLock;
import erythema.core.LatestWriter;
import erythema.core.PhotoQueue;
import erythema.core.Problem;
import erythema.core.ReaderFolder;
import erythema.core.Reading;
import erythema.core.SessionLog;
import erythema.core.Unfinished;
import ij.gui.Toolbar;
import ij.plugin.frame.RoiManager;
import java.awt.EventQueue;
import java.io.File;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A reader's session with the photos of a folder, on the thread that runs it. The event thread only
 * says which step comes next; what is on the disk is read and written here or by the writer.
 */
final class AnnotateSession {

  /** How a photo is left. */
  enum Step {
    NEXT,
    BACK,
    SKIP,
    CLOSE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int NONE = -1;
  private static final long EXIT_MS = 10_000;

  final File folder;
  final ReaderFolder reader;
  final PhotoQueue queue;
  final Drafts drafts;
  final Unfinished unfinished;
  final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final Set<String> skipped = new HashSet<>();

  AnnotateSession(String input, String name) throws Problem {
    reader = ReaderFolder.open("input", input, name);
    folder = new File(input);
    if (Manager.rois().length > 0) {
      throw new Problem(
          "The ROI Manager holds ROIs of yours, and the photos' outlines come there.\n"
              + "Save them, or close the ROI Manager, and start again");
    }
    queue = new PhotoQueue(folder, reader.path);
    drafts = new Drafts(reader.path.resolve("drafts"));
    unfinished = new Unfinished(reader.path);
  }

  /**
   * Shows the photos from the first unfinished one on, until all are read or the person ends it. Of
   * a folder that is read, all are shown again.
   */
  String run() throws Problem {
    FolderLock lock = reader.lock();
    int tool = Toolbar.getToolId();
    Thread exit = new Thread(endOnExit(Thread.currentThread()), "Erythema end");
    Runtime.getRuntime().addShutdownHook(exit);
    try {
      return showAll();
    } finally {
      Manager.onEventThread(() -> Toolbar.getInstance().setTool(tool));
      lock.release();
      removeHook(exit);
    }
  }

  private String showAll() throws Problem {
    int photo = unfinishedFrom(0);
    boolean again = photo == NONE;
    photo = Math.max(photo, 0);
    SessionLog log = new SessionLog(reader.path);
    AnnotatePanel[] panel = new AnnotatePanel[1];
    Manager.onEventThread(
        () -> {
          panel[0] = new AnnotatePanel(this);
          RoiManager.getRoiManager(); // before the photo, which gets the keys
          Toolbar.getInstance().setTool(Toolbar.POLYGON);
        });
    LatestWriter writer = new LatestWriter(panel[0], EventQueue::invokeLater);
    try {
      Step step = Step.NEXT;
      while (photo != NONE && step != Step.CLOSE) {
        step = new PhotoVisit(this, panel[0], writer, photo).run(log);
        photo = after(photo, step, again);
      }
      return photo == NONE ? told() : "The session is saved; the same command goes on with it";
    } finally {
      writer.close();
      Manager.onEventThread(panel[0]::end);
    }
  }

  private int after(int photo, Step step, boolean again) throws Problem {
    if (step == Step.SKIP) {
      skipped.add(queue.id(photo));
    } else if (step == Step.NEXT) {
      skipped.remove(queue.id(photo));
    }
    if (step == Step.BACK) {
      return Math.max(photo - 1, 0);
    }
    if (again && photo + 1 < queue.size()) {
      return photo + 1;
    }
    int later = unfinishedFrom(photo + 1);
    return later == NONE ? unfinishedFrom(0) : later;
  }

  private int unfinishedFrom(int first) throws Problem {
    for (int i = first; i < queue.size(); i++) {
      String id = queue.id(i);
      boolean unread = unfinished.has(id) || reader.reading(id).state.equals(Reading.UNREAD);
      if (unread && !skipped.contains(id)) {
        return i;
      }
    }
    return NONE;
  }

  private String told() {
    return skipped.isEmpty()
        ? "All " + queue.size() + " photos are read"
        : "All photos are read but " + skipped.size() + " skipped ones";
  }

  /** ImageJ that ends waits until what is drawn is on the disk. */
  private Runnable endOnExit(Thread session) {
    return () -> {
      steps.add(Step.CLOSE);
      try {
        session.join(EXIT_MS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException exiting) {
      // It has run.
    }
  }
}
