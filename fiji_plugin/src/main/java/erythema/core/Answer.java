package erythema.core;

import java.nio.charset.StandardCharsets;

/** What the service answered: its body, and what its headers say. */
public final class Answer {

  public final byte[] body;
  public final String reactions;

  /**
   * @param reactions how many outlines the service says that it sends; null where it does not
   */
  public Answer(byte[] body, String reactions) {
    this.body = body;
    this.reactions = reactions;
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
