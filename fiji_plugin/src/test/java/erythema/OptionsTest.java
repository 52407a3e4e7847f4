package erythema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OptionsTest {

  private static Options parse(String text) throws Problem {
    return Options.parse(text, "photo", "service", "threshold");
  }

  private static String problem(String text) {
    return assertThrows(Problem.class, () -> parse(text).share("threshold")).getMessage();
  }

  @Test
  void noOptionsAreFine() throws Problem {
    assertNull(parse(null).get("photo"));
    assertNull(parse(" ").get("photo"));
  }

  @Test
  void bracketsHoldSpacesAndBrackets() throws Problem {
    Options options = parse("photo=[/a b/c[1].png] service=http://x:1 ");
    assertEquals("/a b/c[1].png", options.get("photo"));
    assertEquals("http://x:1", options.get("service"));
  }

  @Test
  void aValueThatLooksLikeAnOptionIsNone() throws Problem {
    assertNull(parse("photo=[/service=x/a.png]").get("service"));
  }

  @Test
  void unknownKeyIsNamedWithTheKnownOnes() {
    String message = problem("treshold=0.5");
    assertTrue(message.contains("treshold=0.5"), message);
    assertTrue(message.contains("photo=, service=, threshold="), message);
  }

  @Test
  void wordWithoutValueIsNamed() {
    assertTrue(problem("service=http://x:1 again").contains("\"again\""));
  }

  @Test
  void optionGivenTwiceIsNamed() {
    assertTrue(problem("threshold=0.1 threshold=0.2").contains("threshold= is given twice"));
  }

  @Test
  void missingBracketIsNamed() {
    assertTrue(problem("photo=[/a b").contains("photo=[/a b has no closing bracket"));
  }

  @Test
  void shareIsANumberFromZeroToOne() throws Problem {
    assertEquals(0.25, parse("threshold=0.25").share("threshold"));
    assertNull(parse("").share("threshold"));
  }

  @Test
  void aPositiveShareIsAboveZero() throws Problem {
    assertEquals(1.0, parse("threshold=1").positiveShare("threshold"));
    assertThrows(Problem.class, () -> parse("threshold=0").positiveShare("threshold"));
    assertEquals(0.0, parse("threshold=0").share("threshold"));
  }

  @Test
  void otherValuesOfAShareAreNamed() {
    for (String value : new String[] {"abc", "1.5", "-0.1", "NaN", "0,5", "[]"}) {
      String message = problem("threshold=" + value);
      assertTrue(message.startsWith("threshold=" + value.replace("[]", "") + " is not"), message);
    }
  }
}
