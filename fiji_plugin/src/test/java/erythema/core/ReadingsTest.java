package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingsTest {

  private static final Reading OUTLINED = new Reading("outlined", "");

  @TempDir Path folder;

  private Readings readings(String text) throws Exception {
    return Readings.read(Files.write(folder.resolve("readings.csv"), text.getBytes(UTF_8)));
  }

  private static String text(Readings readings) {
    return new String(readings.encode(), UTF_8);
  }

  @Test
  void aNewTableHasItsColumnsAndTheRow() throws Exception {
    Readings none = Readings.read(folder.resolve("readings.csv"));
    assertNull(none.of("P1"));
    assertEquals(
        "photo,state,reason\r\nP1,unusable,\"blurred, dark\"\r\n",
        text(none.with("P1", new Reading("unusable", "blurred,\n dark"))));
  }

  @Test
  void whatIsSaidOfAPhotoIsFoundAmongOtherColumns() throws Exception {
    Reading said = readings("state,by,photo,reason\nunusable,anna, P1 ,blurred\n").of("P1");
    assertEquals("unusable", said.state);
    assertEquals("blurred", said.reason);
  }

  @Test
  void unknownColumnsAndTheByteOrderMarkStay() throws Exception {
    Readings table = readings("\ufeffphoto,by,state,reason\nP1,anna,unusable,dark\nP2,eva,,\n");
    assertEquals(
        "\ufeffphoto,by,state,reason\r\nP1,anna,outlined,\r\nP2,eva,,\r\n",
        text(table.with("P1", OUTLINED)));
  }

  @Test
  void cellsWithoutAColumnStay() throws Exception {
    Readings table = readings("photo,state,reason\nP1,unusable,dark,so dark\n");
    assertEquals(
        "photo,state,reason\r\nP1,outlined,,so dark\r\n", text(table.with("P1", OUTLINED)));
  }

  @Test
  void aMissingReasonColumnIsAdded() throws Exception {
    Readings table = readings("photo,state\nP1,outlined\nP2,outlined\n");
    assertEquals(
        "photo,state,reason\r\nP1,unusable,dark\r\nP2,outlined\r\n",
        text(table.with("P1", new Reading("unusable", "dark"))));
  }

  @Test
  void aPhotosRowsAreTakenOut() throws Exception {
    Readings table = readings("photo,state,reason\nP1,outlined,\nP2,outlined,\nP1,unusable,\n");
    assertEquals("photo,state,reason\r\nP2,outlined,\r\n", text(table.without("P1")));
  }

  @Test
  void aQuoteInTheMiddleOfACellDoesNotSwallowTheRows() throws Exception {
    Readings table = readings("photo,state,reason\nP1,unusable,5\" off\nP2,outlined,\n");
    assertEquals("5\" off", table.of("P1").reason);
    assertEquals("outlined", table.of("P2").state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "photo;state;reason\nP1;outlined;\n", "P1,outlined,\n"})
  void anotherTableIsRefused(String text) {
    String message = assertThrows(Problem.class, () -> readings(text)).getMessage();
    assertTrue(message.contains("readings.csv has no column photo or state.\n"), message);
  }

  @Test
  void aTableInAnotherEncodingIsRefused() throws Exception {
    byte[] latin = {'p', 'h', 'o', 't', 'o', ',', 's', 't', 'a', 't', 'e', '\n', (byte) 0xe9};
    Path table = Files.write(folder.resolve("readings.csv"), latin);
    String message = assertThrows(Problem.class, () -> Readings.read(table)).getMessage();
    assertTrue(message.endsWith("is no table in UTF-8.\nSave it as CSV UTF-8"), message);
  }
}
