package erythema.core;

import java.nio.charset.StandardCharsets;

/** What the service answered: its body, and what its headers say. */
public final class Answer {

  private static final int UNTOLD = -1;

  public final byte[] body;

  /** How many outlines the service says that it sends; below 0 where it does not. */
  public final int reactions;

  /**
   * @param reactions the header Erythema-Reactions, or null
   */
  public Answer(byte[] body, String reactions) {
    this.body = body;
    boolean told = reactions != null && reactions.matches("[0-9]{1,9}");
    this.reactions = told ? Integer.parseInt(reactions) : UNTOLD;
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
