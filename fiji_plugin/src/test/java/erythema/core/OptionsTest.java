package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  private static Options parse(String text) throws Problem {
    return Options.parse(text, "photo=", "service=", "threshold=", "mask");
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
    assertTrue(message.contains("photo=, service=, threshold=, mask"), message);
  }

  @Test
  void aFlagStandsWithoutAValue() throws Problem {
    assertTrue(parse("mask threshold=0.5").has("mask"));
    assertFalse(parse("threshold=0.5 photo=mask").has("mask"));
    assertTrue(problem("mask=yes").contains("\"mask=yes\" is not an option"));
  }

  @Test
  void aChoiceIsOneOfSeveralAndTheFirstWhereOmitted() throws Problem {
    assertEquals("b", parse("photo=b").oneOf("photo", "a", "b"));
    assertEquals("a", parse("").oneOf("photo", "a", "b"));
    Problem problem = assertThrows(Problem.class, () -> parse("photo=c").oneOf("photo", "a", "b"));
    assertEquals("photo=c is not known.\nIt is one of: a, b", problem.getMessage());
  }

  @Test
  void whatIsSetIsGivenInItsOrder() throws Problem {
    Options options = parse("photo=a");
    options.set("threshold", 0.5);
    options.setFlag("mask", true);
    options.set("photo", "");
    List<String> given = new ArrayList<>();
    options.forEach((key, value) -> given.add(key + " " + value));
    assertEquals(Arrays.asList("threshold 0.5", "mask null"), given);
  }

  @Test
  void wordWithoutValueIsNamed() {
    assertTrue(problem("service=http://x:1 again").contains("\"again\""));
  }

  @Test
  void optionGivenTwiceIsNamed() {
    assertTrue(problem("threshold=0.1 threshold=0.2").contains("threshold is given twice"));
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
