package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.Roi;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoStateTest {

  private static final Reading OUTLINED = new Reading(Reading.OUTLINED, "");

  @TempDir Path folder;

  private final Roi triangle = Samples.triangle("birch");
  private final PhotoState state = new PhotoState(new Roi[] {triangle}, OUTLINED);

  @Test
  void itStaysAsItIsWhileRoisChange() {
    triangle.setLocation(7, 7);
    assertEquals(0, state.outlines()[0].getBounds().x);
  }

  @Test
  void aNameOrACornerIsADifference() {
    assertTrue(state.hasOutlinesOf(new PhotoState(state.outlines(), OUTLINED)));
    triangle.setName("grass");
    assertFalse(state.hasOutlinesOf(new PhotoState(new Roi[] {triangle}, OUTLINED)));
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    ReaderFolder reader = ReaderFolder.open("input", folder.toString(), "anna");
    state.write(reader, "arm", true);
    assertEquals("birch", reader.outlines("arm")[0].getName());
    state.with(new Reading(Reading.NO_ERYTHEMA, "")).write(reader, "arm", true);
    assertEquals(0, reader.outlines("arm").length);
    assertEquals(Reading.NO_ERYTHEMA, reader.reading("arm").state);
    assertEquals(1, Files.list(reader.path.resolve("earlier")).count());
  }
}
