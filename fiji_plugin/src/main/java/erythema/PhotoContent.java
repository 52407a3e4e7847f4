package erythema;

import erythema.core.DraftChanges;
import erythema.core.OtherReaders;
import erythema.core.PhotoFile;
import erythema.core.Problem;
import erythema.core.Reading;
import ij.ImagePlus;
import ij.gui.Roi;
import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** What the disk has of one photo when a reader comes to it. */
final class PhotoContent {

  final String id;
  final String title; // where the reader is blind, not the file's name
  final Reading reading;

  /** Null where it cannot be opened. */
  ImagePlus image;

  Roi[] outlines = {};

  /** The outlines to start from; null where they have not come. */
  Roi[] draft;

  /** Whether outlines of the draft are among those on the screen, or were. */
  boolean drafted;

  /** Outlines to compare with, or null. */
  List<Roi> beside;

  /** What is wrong with it, or a blank. */
  String problem = " ";

  PhotoContent(AnnotateSession session, int index) throws Problem {
    id = session.queue.id(index);
    File file = session.queue.photo(index);
    boolean blind = session.queue.blind;
    title = blind ? "Photo " + (index + 1) + " of " + session.queue.size() : file.getName();
    reading = session.reader.reading(id);
    open(file, blind);
    try {
      outlines = session.reader.outlines(id);
    } catch (Problem damaged) {
      problem = blind ? "The earlier outlines cannot be read" : damaged.getMessage();
    }
    if (session.queue.drafts) {
      readDraft(session);
    }
    if (session.queue.beside != null) {
      Path sets = session.reader.path.resolve(session.queue.beside);
      beside = OtherReaders.outlines(sets.resolve(id + ".zip"));
    }
  }

  /** Whether the draft says that nothing is outlined. */
  boolean hasEmptyDraft() {
    return draft != null && draft.length == 0;
  }

  private void open(File file, boolean blind) {
    try {
      image = PhotoFile.open(title, file.getPath());
      image.setTitle(title);
      image.setOverlay(null); // what other people left in the file
      image.deleteRoi();
      if (blind) {
        image.setFileInfo(null);
        image.setProperty("Info", null);
        image.setProp("Slice_Label", null); // which the window's subtitle would show
      }
    } catch (Problem damaged) {
      problem =
          (blind ? title + " cannot be opened" : damaged.getMessage())
              + "\nSkip it (K), or say that it is unusable (U)";
    }
  }

  /** The draft is known already where the reader comes back. */
  private void readDraft(AnnotateSession session) {
    try {
      draft = session.drafts.of(id);
      drafted = draft != null && DraftChanges.comesFrom(draft, outlines);
    } catch (Problem none) {
      // It is told where it is waited for.
    }
  }
}
