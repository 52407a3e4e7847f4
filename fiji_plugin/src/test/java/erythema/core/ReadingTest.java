package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReadingTest {

  private static Reading of(String options) throws Problem {
    return Reading.of(Options.parse(options, "state=", "reason="));
  }

  private static String problem(String options) {
    return assertThrows(Problem.class, () -> of(options)).getMessage();
  }

  @Test
  void aPhotoIsOutlinedWhereNothingElseIsSaid() throws Exception {
    assertEquals("outlined", of("").state);
    assertEquals("", of("").reason);
  }

  @Test
  void aReasonIsOneLine() throws Exception {
    assertEquals("too dark", of("state=unusable reason=[ too\n\tdark ]").reason);
  }

  @Test
  void whatIsUnusableNeedsAReason() {
    assertTrue(problem("state=unusable").startsWith("reason= is missing.\n"));
    assertTrue(problem("state=unusable reason=[ ]").startsWith("reason= is missing.\n"));
  }

  @Test
  void anotherStateIsNamedWithThoseThereAre() {
    assertEquals(
        "state=unread is not known.\nIt is one of: outlined, no erythema, unusable",
        problem("state=unread"));
  }
}
