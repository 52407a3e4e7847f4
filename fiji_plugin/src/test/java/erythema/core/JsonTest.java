package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void stringOfTheOutermostObject() {
    assertEquals("b", Json.string("{\"x\": 1, \"a\" : \"b\"}", "a"));
  }

  @Test
  void valuesOfTheFirstObjectOfAnArray() {
    assertEquals("b", Json.string("[{\"x\": [1, 2], \"a\": \"b\"}]", "a"));
  }

  @Test
  void numberOfTheOutermostObject() {
    assertEquals(0.25, Json.number("{\"x\": \"1\", \"a\" : 0.25}", "a"));
    assertEquals(-1e-3, Json.number("{\"a\":-1e-3,\"b\":2}", "a"));
    assertEquals(Double.NaN, Json.number("{\"a\": \"1\", \"b\": null}", "a"));
    assertEquals(Double.NaN, Json.number("{\"a\": \"1\", \"b\": null}", "b"));
  }

  @Test
  void escapesAreUndone() {
    String json = "{\"a\": \"\\\"\\\\\\/\\n\\t\\u00e9\\ud83d\\ude00\"}";
    assertEquals("\"\\/\n\té😀", Json.string(json, "a"));
  }

  @Test
  void keysInsideOtherValuesDoNotCount() {
    assertNull(Json.string("{\"x\": {\"a\": \"no\"}, \"y\": [\"a\", \"no\"], \"z\": \"a\"}", "a"));
  }

  @Test
  void valuesThatAreNoStringsDoNotCount() {
    assertNull(Json.string("{\"a\": 7, \"b\": \"no\"}", "a"));
    assertNull(Json.string("{\"a\": {\"b\": \"no\"}}", "a"));
  }

  @Test
  void whatIsNoJsonHoldsNothing() {
    assertNull(Json.string("<html>\"a\": \"no\"</html>", "a"));
    assertNull(Json.string("", "a"));
    assertNull(Json.string("{\"a", "a"));
  }

  @Test
  void damagedEscapesStayAsTheyAre() {
    assertEquals("uzzzz", Json.string("{\"a\": \"\\uzzzz\"}", "a"));
  }

  @Test
  void theStringsOfAnArrayAreRead() {
    assertEquals(
        Arrays.asList("a", "b]\"", ""), Json.strings("{\"p\": [\"a\", \"b]\\\"\", \"\"]}", "p"));
    assertEquals(Collections.emptyList(), Json.strings("{\"p\": \"a\"}", "p"));
  }

  @Test
  void onlyTrueIsTrue() {
    assertTrue(Json.isTrue("{\"blind\": true}", "blind"));
    assertFalse(Json.isTrue("{\"blind\": false, \"x\": true}", "blind"));
    assertFalse(Json.isTrue("{}", "blind"));
  }
}
