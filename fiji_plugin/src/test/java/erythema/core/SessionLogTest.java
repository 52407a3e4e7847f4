package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.gui.Roi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionLogTest {

  private static final String COLUMNS =
      "photo,opened,seconds,step,state,reason,draft,unchanged,corrected,removed,drawn\r\n";

  @TempDir Path reader;

  private void add() throws Exception {
    DraftChanges changes = DraftChanges.of(new Roi[0], new Roi[] {Samples.triangle("birch")});
    Reading reading = new Reading(Reading.OUTLINED, "");
    Instant opened = Instant.parse("2026-11-26T10:00:00.987Z");
    new SessionLog(reader).add("arm", opened, 12_340, "next", reading, false, changes);
  }

  private String text() throws Exception {
    return new String(Files.readAllBytes(reader.resolve("session.csv")), UTF_8);
  }

  @Test
  void aRowSaysHowLongAPhotoWasShownAndWhatBecameOfIt() throws Exception {
    add();
    String row = "arm,2026-11-26T10:00:00Z,12.3,next,outlined,,no,0,0,0,1\r\n";
    assertEquals(COLUMNS + row, text());
  }

  @Test
  void earlierRowsStayButForOneThatAPowerCutEnded() throws Exception {
    add();
    String whole = text();
    Files.write(reader.resolve("session.csv"), (whole + "leg,2026-").getBytes(UTF_8));
    add();
    assertEquals(whole + whole.substring(COLUMNS.length()), text());
  }
}
