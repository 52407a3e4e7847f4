package erythema.core;

/** What a reader says of a photo. */
public final class Reading {

  public static final String OUTLINED = "outlined";
  public static final String NO_ERYTHEMA = "no erythema";
  public static final String UNUSABLE = "unusable";

  /** What can be said. */
  public static final String[] SAID = {OUTLINED, NO_ERYTHEMA, UNUSABLE};

  /** Nothing is said yet: such a photo has no row and no outlines. */
  public static final String UNREAD = "unread";

  public final String state;

  /** Why it is unusable, or any remark; may be empty. */
  public final String reason;

  public Reading(String state, String reason) {
    this.state = state;
    this.reason = reason.trim().replaceAll("[\\s\\p{Cntrl}]+", " "); // a cell is one line
  }

  /** What the options state= and reason= say; outlined where they are omitted. */
  public static Reading of(Options options) throws Problem {
    String reason = options.get("reason") == null ? "" : options.get("reason");
    Reading reading = new Reading(options.oneOf("state", SAID), reason);
    if (reading.state.equals(UNUSABLE) && reading.reason.isEmpty()) {
      throw new Problem(
          "reason= is missing.\nSay why the photo is unusable, as in reason=[out of focus]");
    }
    return reading;
  }

  boolean isSameAs(Reading other) {
    return other != null && state.equals(other.state) && reason.equals(other.reason);
  }
}
