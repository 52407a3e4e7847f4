package erythema;

import java.nio.charset.StandardCharsets;

/** What the service answered: its body, and what its headers say. */
final class Answer {

  final byte[] body;
  final String reactions;

  /**
   * @param reactions how many outlines the service says that it sends; null where it does not
   */
  Answer(byte[] body, String reactions) {
    this.body = body;
    this.reactions = reactions;
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
