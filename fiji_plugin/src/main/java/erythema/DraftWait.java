package erythema;

import erythema.core.Problem;
import erythema.core.Reading;
import ij.gui.Roi;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for the draft of the photo on the screen, unless the reader goes on without. */
final class DraftWait {

  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(30);

  private final AnnotateSession session;
  private final PhotoContent photo;
  private final long began = System.nanoTime();
  private volatile boolean on;

  DraftWait(AnnotateSession session, PhotoContent photo) {
    this.session = session;
    this.photo = photo;
    boolean unread = photo.reading.state.equals(Reading.UNREAD);
    on = session.queue.drafts && photo.image != null && unread;
  }

  boolean isOn() {
    return on;
  }

  void end() {
    on = false;
  }

  /**
   * Looks whether the draft has come, and ends then, or where it does not come.
   *
   * @param load loads the photo's draft, and tells whether it could
   * @return what to tell the reader, or null where it is still to come
   */
  String look(BooleanSupplier load) {
    String told = null;
    try {
      Roi[] made = session.drafts.of(photo.id);
      if (made != null) {
        photo.draft = made;
        photo.drafted = made.length > 0 && load.getAsBoolean();
        told = photo.hasEmptyDraft() ? empty() : " ";
      } else if (System.nanoTime() - began > LONGEST_NS) {
        told = "There is no draft yet: go on without it";
      }
    } catch (Problem none) {
      told = none.getMessage();
    }
    on &= told == null;
    return told;
  }

  private String empty() {
    return photo.beside == null
        ? "The draft has no outlines"
        : "No erythema was seen here: N accepts that";
  }
}
