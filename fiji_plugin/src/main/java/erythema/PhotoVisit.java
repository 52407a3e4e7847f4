package erythema;

import erythema.AnnotatePanel.Action;
import erythema.AnnotateSession.Step;
import erythema.core.DraftChanges;
import erythema.core.LatestWriter;
import erythema.core.OtherReaders;
import erythema.core.PhotoState;
import erythema.core.Problem;
import erythema.core.Reading;
import erythema.core.SessionLog;
import ij.gui.Roi;
import java.awt.Window;
import java.io.File;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** One photo, from its opening until the reader leaves it; {@link #run} is the session's thread. */
final class PhotoVisit {

  private static final String SELECT_FIRST = "Select an outline first: click on its number";
  private static final long LOOK_MS = 200;

  private final AnnotateSession session;
  private final AnnotatePanel panel;
  private final LatestWriter writer;
  private final int index;
  private final PhotoContent photo;
  private final DraftWait wait;
  private final boolean goesOn; // with what was left unfinished
  private PhotoEditor editor;
  private PhotoWindow window;
  private boolean left; // nothing counts any more
  private boolean warned; // that what is not saved will be lost

  PhotoVisit(AnnotateSession session, AnnotatePanel panel, LatestWriter writer, int index)
      throws Problem {
    this.session = session;
    this.panel = panel;
    this.writer = writer;
    this.index = index;
    photo = new PhotoContent(session, index);
    wait = new DraftWait(session, photo);
    goesOn = session.unfinished.has(photo.id) && !photo.reading.state.equals(Reading.UNREAD);
  }

  /** Shows the photo until it may be left, and adds the row to the log. */
  Step run(SessionLog log) throws Problem {
    if (photo.reading.state.equals(Reading.UNREAD)) {
      session.unfinished.add(photo.id);
    }
    Manager.onEventThread(this::show);
    showOthers();
    Instant opened = Instant.now();
    long started = System.nanoTime();
    while (true) {
      Step step = next();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      if (!onEventThread(() -> mayLeave(step))) {
        continue;
      }
      try {
        writer.flush();
        PhotoState state = onEventThread(editor::state);
        Roi[] draft = photo.drafted ? photo.draft : new Roi[0];
        DraftChanges changes = DraftChanges.of(draft, state.outlines());
        log.add(photo.id, opened, millis, step.toString(), state.reading, photo.drafted, changes);
        if (step == Step.NEXT) {
          session.unfinished.remove(photo.id);
        }
        Manager.onEventThread(this::close);
        return step;
      } catch (Problem unwritten) {
        tellUnwritten(step, unwritten);
      }
    }
  }

  private void tellUnwritten(Step step, Problem unwritten) throws Problem {
    if (step == Step.CLOSE && (warned || window.isClosed())) {
      Manager.onEventThread(window::close);
      throw new Problem(
          unwritten.getMessage() + ".\nThe outlines of this photo are still in the ROI Manager");
    }
    warned = step == Step.CLOSE;
    String advice = warned ? ".\nClose it again to lose what is not saved" : "";
    Manager.onEventThread(
        () -> {
          left = false;
          panel.tell(unwritten.getMessage() + advice);
        });
  }

  private void show() {
    session.steps.removeIf(step -> step != Step.CLOSE); // they were meant for another photo
    panel.show(this, index + 1, session.queue.size(), session.queue.blind ? " " : photo.title);
    panel.tell(hint());
    editor = new PhotoEditor(photo.id, photo.image, session.reader, writer);
    if (photo.image != null) {
      photo.image.show();
    }
    editor.load(photo.outlines, photo.reading);
    String whose = photo.beside == null ? "" : new File(session.queue.beside).getName();
    window = new PhotoWindow(photo.image, whose, photo.beside, this::look);
    window.arrange(panel, editor.manager());
    panel.tellState(editor.told());
  }

  private String hint() {
    if (wait.isOn()) {
      return "The draft is being made; Esc: without it";
    }
    boolean damaged = !photo.problem.trim().isEmpty();
    return goesOn && !damaged ? "You left this photo unfinished: N finishes it" : photo.problem;
  }

  /** The next step; meanwhile the draft comes. */
  private Step next() {
    try {
      while (wait.isOn()) {
        Step step = session.steps.poll(LOOK_MS, TimeUnit.MILLISECONDS);
        if (step != null) {
          return step;
        }
        String told = wait.look(() -> onEventThread(this::loadDraft));
        if (told != null) {
          Manager.onEventThread(() -> panel.tell(told));
        }
      }
      return session.steps.take();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Step.CLOSE;
    }
  }

  /** Loads the draft unless the person goes on without it, and tells whether it is loaded. */
  private boolean loadDraft() {
    boolean untouched = !editor.isDrawing() && editor.outlines().length == 0;
    if (wait.isOn() && untouched && editor.state().is(Reading.UNREAD)) {
      editor.load(photo.draft, photo.reading);
      panel.tellState(editor.told());
      return true;
    }
    return false;
  }

  private boolean mayLeave(Step step) {
    if (step == Step.CLOSE) {
      stop();
    }
    editor.look();
    String why = null;
    if (step != Step.CLOSE && editor.isDrawing()) {
      why = "Finish the outline first (click its first corner), or undo it (Z)";
    } else if (step == Step.NEXT && !editor.accept() && !acceptNone()) {
      why = "Outline the erythema, or say No erythema (E) or Unusable (U); Skip (K) for later";
    }
    if (why != null) {
      panel.tell(why);
    }
    left = why == null;
    return left;
  }

  /** In a review: that the reader outlined nothing. */
  private boolean acceptNone() {
    boolean none = photo.beside != null && photo.hasEmptyDraft();
    if (none) {
      editor.sayInstead(new Reading(Reading.NO_ERYTHEMA, ""));
    }
    return none;
  }

  /** What a button or key does, on the event thread. */
  void act(Action action) {
    if (left) {
      return;
    }
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
        if (!editor.delete()) {
          panel.tell(SELECT_FIRST);
        }
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
    if (photo.image == null) {
      panel.tell("A photo that cannot be seen is unusable (U)");
    } else {
      editor.sayInstead(new Reading(Reading.NO_ERYTHEMA, ""));
    }
  }

  private void sayUnusable() {
    String reason = panel.ask("Why is this photo unusable?", editor.state().reading.reason);
    if (reason != null && reason.trim().isEmpty()) {
      panel.tell("Give the reason, such as: blurred");
    } else if (reason != null) {
      editor.sayInstead(new Reading(Reading.UNUSABLE, reason));
    }
  }

  private void nameSite() {
    editor.look();
    Roi outline = editor.selected();
    if (outline == null) {
      panel.tell(SELECT_FIRST);
      return;
    }
    String name = panel.ask("Site of " + outline.getName() + ":", outline.getName());
    if (name != null && !name.trim().isEmpty()) {
      editor.name(outline, name.trim());
    }
  }

  private void stop() {
    wait.end();
    if (editor.isDrawing()) {
      photo.image.getRoi().abortModification(photo.image);
    }
  }

  /** Takes in what was done, on the event thread. */
  private void look() {
    if (left) {
      return;
    }
    if (window.isClosed()) {
      session.steps.add(Step.CLOSE);
    } else {
      editor.look();
      panel.tellState(editor.told());
    }
  }

  /** Shows or hides what other readers outlined; the files are read off the event thread. */
  void showOthers() {
    if (session.queue.blind || photo.image == null) {
      return;
    }
    boolean show = panel.showsOthers();
    Runnable work =
        () -> {
          List<Roi> outlines =
              show
                  ? OtherReaders.outlines(session.folder, session.reader.path, photo.id)
                  : Collections.emptyList();
          Manager.onEventThread(() -> OtherReaders.draw(photo.image, outlines));
        };
    new Thread(work, "Erythema readers").start();
  }

  boolean isWindow(Window candidate) {
    boolean manager = editor.manager() != null && editor.manager().window() == candidate;
    return window != null && (manager || window.has(candidate));
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
