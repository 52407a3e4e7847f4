package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedTest {

  @TempDir Path reader;

  @Test
  void aPhotoIsUnfinishedFromWhenItIsAddedUntilItIsRemoved() throws Exception {
    Unfinished unfinished = new Unfinished(reader);
    assertFalse(unfinished.has("arm"));
    unfinished.add("arm");
    assertTrue(unfinished.has("arm"));
    unfinished.remove("arm");
    assertFalse(unfinished.has("arm"));
  }

  @Test
  void theNextSessionKnowsThem() throws Exception {
    Unfinished first = new Unfinished(reader);
    first.add("arm");
    first.add("Älg 1");
    first.add("leg");
    first.remove("arm");
    Unfinished next = new Unfinished(reader);
    assertFalse(next.has("arm"));
    assertTrue(next.has("Älg 1"));
    assertTrue(next.has("leg"));
    byte[] lines = Files.readAllBytes(reader.resolve("unfinished.txt"));
    assertEquals("Älg 1\nleg", new String(lines, UTF_8));
  }
}
