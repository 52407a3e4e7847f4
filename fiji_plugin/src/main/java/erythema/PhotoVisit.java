package erythema;

import erythema.AnnotatePanel.Action;
import erythema.AnnotateSession.Step;
import erythema.core.DraftChanges;
import erythema.core.LatestWriter;
import erythema.core.OtherReaders;
import erythema.core.PhotoFile;
import erythema.core.Problem;
import erythema.core.Reading;
import erythema.core.SessionLog;
import ij.ImagePlus;
import ij.gui.Roi;
import java.awt.Window;
import java.io.File;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** One photo, from its opening until the reader leaves it; {@link #run} is the session's thread. */
final class PhotoVisit {

  private static final Roi[] NONE = {};
  private static final long LOOK_MS = 200;
  private static final long LONGEST_WAIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final AnnotateSession session;
  private final AnnotatePanel panel;
  private final LatestWriter writer;
  private final int index;
  private final String id;
  private ImagePlus image;
  private PhotoEditor editor;
  private PhotoWindow window;
  private Roi[] draft = NONE;
  private boolean drafted; // whether outlines of the draft came to the screen
  private volatile boolean waits; // for a draft

  PhotoVisit(AnnotateSession session, AnnotatePanel panel, LatestWriter writer, int index) {
    this.session = session;
    this.panel = panel;
    this.writer = writer;
    this.index = index;
    id = session.queue.id(index);
  }

  /** Shows the photo until it may be left, and adds the row to the log. */
  Step run(SessionLog log) throws Problem {
    String told = open();
    Instant opened = Instant.now();
    long started = System.nanoTime();
    waits = session.queue.drafts && image != null && reads(Reading.UNREAD);
    Manager.onEventThread(
        () -> panel.tell(waits ? "The draft is being made; Esc: without it" : told));
    while (true) {
      Step step = next(started);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      if (mayLeave(step)) {
        try {
          writer.flush();
          Roi[] outlines = onEventThread(editor::outlines);
          Reading reading = onEventThread(editor::reading);
          DraftChanges changes = DraftChanges.of(drafted ? draft : NONE, outlines);
          log.add(id, opened, millis, step.toString(), reading, drafted, changes);
          Manager.onEventThread(this::close);
          return step;
        } catch (Problem unwritten) {
          tellUnwritten(step, unwritten);
        }
      }
    }
  }

  private void tellUnwritten(Step step, Problem unwritten) throws Problem {
    if (step == Step.CLOSE) {
      throw new Problem(
          unwritten.getMessage() + ".\nThe outlines of this photo are still in the ROI Manager");
    }
    Manager.onEventThread(() -> panel.tell(unwritten.getMessage()));
  }

  /** Opens the photo, and gives what to tell of it. */
  private String open() throws Problem {
    String told = " ";
    File file = session.queue.photo(index);
    boolean blind = session.queue.blind;
    String place = "Photo " + (index + 1) + " of " + session.queue.size();
    try {
      image = PhotoFile.open(blind ? place : file.getName(), file.getPath());
      image.setOverlay(null); // what other people left in the file
      image.deleteRoi();
      image.setTitle(blind ? place : file.getName());
      if (blind) {
        image.setFileInfo(null);
      }
    } catch (Problem damaged) {
      told = damaged.getMessage() + "\nSkip it (K), or say that it is unusable (U)";
    }
    Reading reading = session.reader.reading(id);
    Roi[] outlines = NONE;
    try {
      outlines = session.reader.outlines(id);
    } catch (Problem damaged) {
      told = damaged.getMessage();
    }
    loadDraftOf(outlines);
    List<Roi> beside = beside();
    Roi[] shown = outlines;
    Manager.onEventThread(() -> show(shown, reading, blind ? " " : file.getName(), beside));
    showOthers();
    return told;
  }

  /** Where the outlines come from a draft, from an earlier visit on. */
  private void loadDraftOf(Roi[] outlines) {
    try {
      Roi[] made = session.queue.drafts ? session.drafts.of(id) : null;
      draft = made == null ? NONE : made;
      drafted = DraftChanges.comesFrom(draft, outlines);
    } catch (Problem none) {
      // It is told where it is waited for.
    }
  }

  private List<Roi> beside() {
    String folder = session.queue.beside;
    if (folder == null) {
      return null;
    }
    Path set = Paths.get(folder).resolve(id + ".zip");
    return OtherReaders.outlines(set);
  }

  private void show(Roi[] outlines, Reading reading, String file, List<Roi> beside) {
    session.steps.removeIf(step -> step != Step.CLOSE); // they were meant for another photo
    panel.show(this, index + 1, session.queue.size(), file);
    editor = new PhotoEditor(id, image, session.reader, writer);
    if (image != null) {
      image.show();
    }
    editor.load(outlines, reading);
    window = new PhotoWindow(image, beside, this::look);
    window.arrange(panel, editor.manager());
    tellState();
  }

  private boolean reads(String state) {
    return onEventThread(editor::reading).state.equals(state);
  }

  /** The next step; meanwhile the draft comes. */
  private Step next(long started) {
    try {
      while (waits) {
        Step step = session.steps.poll(LOOK_MS, TimeUnit.MILLISECONDS);
        if (step != null) {
          return step;
        }
        lookForDraft(System.nanoTime() - started > LONGEST_WAIT_NS);
      }
      return session.steps.take();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Step.CLOSE;
    }
  }

  private void lookForDraft(boolean last) {
    String told = null;
    try {
      Roi[] made = session.drafts.of(id);
      if (made != null) {
        draft = made;
        drafted = made.length > 0 && onEventThread(this::loadDraft);
        told = made.length > 0 ? " " : "The draft has no outlines";
      } else if (last) {
        told = "There is no draft yet: go on without it";
      }
    } catch (Problem none) {
      told = none.getMessage();
    }
    if (told != null) {
      waits = false;
      String text = told;
      Manager.onEventThread(() -> panel.tell(text));
    }
  }

  /** Loads the draft unless the person began without it, and tells whether it is loaded. */
  private boolean loadDraft() {
    boolean untouched = !editor.isDrawing() && editor.outlines().length == 0;
    if (untouched && editor.reading().state.equals(Reading.UNREAD)) {
      editor.load(draft, editor.reading());
      tellState();
      return true;
    }
    return false;
  }

  private boolean mayLeave(Step step) {
    String[] why = new String[1];
    Manager.onEventThread(
        () -> {
          editor.look();
          if (step == Step.CLOSE) {
            return;
          }
          if (editor.isDrawing()) {
            why[0] = "Finish the outline first (click its first corner), or undo it (Z)";
          } else if (step == Step.NEXT && !editor.accept()) {
            why[0] =
                "Outline the erythema, or say No erythema (E) or Unusable (U); Skip (K) for later";
          }
          if (why[0] != null) {
            panel.tell(why[0]);
          }
        });
    return why[0] == null;
  }

  /** What a button or key does, on the event thread. */
  void act(Action action) {
    panel.tell(" ");
    switch (action) {
      case NEXT:
      case BACK:
      case SKIP:
        session.steps.add(Step.valueOf(action.name()));
        break;
      case NO_ERYTHEMA:
        sayNoErythema();
        break;
      case UNUSABLE:
        sayUnusable();
        break;
      case NAME_SITE:
        nameSite();
        break;
      case DELETE:
        editor.delete();
        break;
      case UNDO:
        if (!editor.undo()) {
          panel.tell("Nothing to undo in this photo");
        }
        break;
      case STOP:
        stop();
        break;
      default:
    }
    look();
  }

  private void sayNoErythema() {
    if (image == null) {
      panel.tell("A photo that cannot be seen is unusable (U)");
    } else {
      editor.sayInstead(new Reading(Reading.NO_ERYTHEMA, ""));
    }
  }

  private void sayUnusable() {
    String reason = panel.ask("Why is this photo unusable?", editor.reading().reason);
    if (reason != null && reason.trim().isEmpty()) {
      panel.tell("Give the reason, such as: blurred");
    } else if (reason != null) {
      editor.sayInstead(new Reading(Reading.UNUSABLE, reason));
    }
  }

  private void nameSite() {
    Roi outline = editor.selected();
    if (outline == null) {
      panel.tell("Select an outline first: Alt-click inside it");
      return;
    }
    String name = panel.ask("Site of " + outline.getName() + ":", outline.getName());
    if (name != null && !name.trim().isEmpty()) {
      editor.name(outline, name.trim());
    }
  }

  private void stop() {
    waits = false;
    if (editor.isDrawing()) {
      image.getRoi().abortModification(image);
    }
  }

  /** Takes in what was done, on the event thread. */
  private void look() {
    if (window.isClosed()) {
      session.steps.add(Step.CLOSE);
    } else {
      editor.look();
      tellState();
    }
  }

  private void tellState() {
    int outlines = editor.outlines().length;
    String state = editor.reading().state;
    if (state.equals(Reading.UNREAD) && outlines > 0) {
      state = "draft";
    }
    panel.tellState(outlines == 0 ? state : state + ": " + outlines);
  }

  /** Shows or hides what other readers outlined; the files are read off the event thread. */
  void showOthers() {
    if (session.queue.blind || image == null) {
      return;
    }
    boolean show = panel.showsOthers();
    Runnable work =
        () -> {
          List<Roi> outlines =
              show
                  ? OtherReaders.outlines(session.folder, session.reader.path, id)
                  : Collections.emptyList();
          Manager.onEventThread(() -> OtherReaders.draw(image, outlines));
        };
    new Thread(work, "Erythema readers").start();
  }

  boolean isWindow(Window candidate) {
    return window != null && window.has(candidate);
  }

  private void close() {
    window.close();
    editor.end();
  }

  private static <T> T onEventThread(Supplier<T> question) {
    AtomicReference<T> answer = new AtomicReference<>();
    Manager.onEventThread(() -> answer.set(question.get()));
    return answer.get();
  }
}
