package erythema;

import java.nio.charset.StandardCharsets;

/** What the service answered: its body, and what its headers say. */
final class Answer {

  final byte[] body;
  final String reactions;
  final String fingerprint;

  /**
   * @param reactions how many outlines the service says that it sends; null where it does not
   * @param fingerprint of the network; null where it does not say
   */
  Answer(byte[] body, String reactions, String fingerprint) {
    this.body = body;
    this.reactions = reactions;
    this.fingerprint = fingerprint;
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
