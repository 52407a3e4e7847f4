package erythema.core;

import ij.gui.Roi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** What is outlined and said of a photo at one time; it stays as it is while ROIs change. */
public final class PhotoState {

  public final Reading reading;
  private final byte[] set;

  public PhotoState(Roi[] outlines, Reading reading) {
    this.reading = reading;
    try {
      set = RoiSet.encode(outlines);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible); // it is written to memory
    }
  }

  /** Copies of the outlines. */
  public Roi[] outlines() {
    try {
      return RoiSet.decode(set);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible); // it was encoded here
    }
  }

  /** Whether the outlines are the same, with names and properties. */
  public boolean hasOutlinesOf(PhotoState other) {
    return Arrays.equals(set, other.set);
  }

  /** The same outlines with something else said. */
  public PhotoState with(Reading said) {
    return new PhotoState(outlines(), said);
  }

  public boolean is(String state) {
    return reading.state.equals(state);
  }

  /**
   * Writes it into a reader's folder.
   *
   * @param keep whether outlines that are there are kept in earlier/
   */
  public void write(ReaderFolder reader, String photo, boolean keep) throws Problem {
    Roi[] outlines = outlines();
    if (is(Reading.OUTLINED) && outlines.length == 0) {
      reader.say(photo, Reading.UNREAD, "");
    } else if (is(Reading.OUTLINED)) {
      reader.save(photo, outlines, reading.reason, keep);
    } else {
      reader.say(photo, reading.state, reading.reason);
    }
  }
}
