package erythema.core;

/** What a reader says of a photo. */
public final class Reading {

  public static final String OUTLINED = "outlined";
  public static final String NO_ERYTHEMA = "no erythema";
  public static final String UNUSABLE = "unusable";

  /** Nothing is said yet: such a photo has no row and no outlines. */
  public static final String UNREAD = "unread";

  public final String state;

  /** Why it is unusable, or any remark; may be empty. */
  public final String reason;

  public Reading(String state, String reason) {
    this.state = state;
    this.reason = reason.trim().replaceAll("[\\s\\p{Cntrl}]+", " "); // a cell is one line
  }

  boolean isSameAs(Reading other) {
    return other != null && state.equals(other.state) && reason.equals(other.reason);
  }
}
