package erythema;

import erythema.core.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The manual that the jar carries. */
final class Manual {

  private Manual() {}

  /** As GenericDialog.addHelp takes it. */
  static String html() {
    try (InputStream in = Manual.class.getResourceAsStream("manual.html")) {
      return new String(Streams.readAll(in), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable); // it lies in the same jar
    }
  }
}
