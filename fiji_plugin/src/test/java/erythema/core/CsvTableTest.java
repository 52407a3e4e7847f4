package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Arrays.asList;
import static java.util.Collections.emptyList;
import static java.util.Collections.emptySet;
import static java.util.Collections.singleton;
import static java.util.Collections.singletonList;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTableTest {

  @TempDir Path folder;

  private CsvTable table(String text) throws Exception {
    return table(text.getBytes(UTF_8));
  }

  private CsvTable table(byte[] bytes) throws Exception {
    Files.write(folder.resolve("t.csv"), bytes);
    return open();
  }

  private CsvTable open() throws Problem {
    return new CsvTable(folder.resolve("t.csv"), "photo,message");
  }

  private String text() throws Exception {
    return new String(Files.readAllBytes(folder.resolve("t.csv")), UTF_8);
  }

  @Test
  void cellsAreQuotedWhereTheyHaveTo() {
    byte[] written = CsvTable.encode(singletonList(asList("a,b", "say \"no\"", " é ", "", "x\ny")));
    assertEquals("\"a,b\",\"say \"\"no\"\"\", é ,,\"x\ny\"\r\n", new String(written, UTF_8));
  }

  @Test
  void whatIsWrittenIsRead() {
    byte[] written = CsvTable.encode(asList(asList("a,b\"\"", "x\r\ny"), asList("", "")));
    assertEquals(
        asList(asList("a,b\"\"", "x\r\ny"), asList("", "")),
        CsvTable.parse(new String(written, UTF_8)));
  }

  @Test
  void lineEndsOfAnySystemAndEmptyLinesAreRead() {
    assertEquals(asList(asList("a", "b"), asList("c", "")), CsvTable.parse("a,b\n\r\nc,"));
  }

  @Test
  void aNewTableHasItsHeaderAndWhatIsAppended() throws Exception {
    CsvTable table = open();
    table.start(emptySet());
    table.append("P1", "");
    assertEquals("photo,message\r\nP1,\r\n", text());
  }

  @Test
  void rowsOfPhotosToComeAreTakenAway() throws Exception {
    table("photo,message\r\nP1,old\r\nP2,old\r\n").start(singleton("P1"));
    assertEquals("photo,message\r\nP2,old\r\n", text());
  }

  @Test
  void aSpreadsheetProgramsFileIsRead() throws Exception {
    assertEquals(singletonList(asList("P1", "é")), table("\ufeffphoto,message\nP1,é\n\n").rows());
  }

  @Test
  void aRowThatAPowerCutLeftHalfWrittenIsDropped() throws Exception {
    assertEquals(emptyList(), table("photo,message\r\nP1").rows());
    assertEquals(1, table("photo,message\r\nP1,").rows().size());
  }

  @Test
  void anotherTableIsRefusedAndStays() throws Exception {
    byte[] latin = {
      'p', 'h', 'o', 't', 'o', ',', 'm', 'e', 's', 's', 'a', 'g', 'e', '\n', 'P', ','
    };
    latin[15] = (byte) 0xe9;
    for (byte[] other :
        new byte[][] {
          {},
          "photo,patient\nP1,anna\n".getBytes(UTF_8),
          "photo,message\nP1\n".getBytes(UTF_8),
          latin
        }) {
      String message = assertThrows(Problem.class, () -> table(other)).getMessage();
      assertTrue(message.contains("t.csv is another table, which would be lost"), message);
      assertArrayEquals(other, Files.readAllBytes(folder.resolve("t.csv")));
    }
  }

  @Test
  void aTableThatCannotBeWrittenIsNamed() throws Exception {
    CsvTable table = open();
    Files.createDirectory(folder.resolve("t.csv"));
    String message = assertThrows(Problem.class, () -> table.start(emptySet())).getMessage();
    assertTrue(message.startsWith(folder.resolve("t.csv") + " cannot be written: "), message);
  }
}
