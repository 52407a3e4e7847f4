package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.Roi;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DraftsTest {

  @TempDir Path folder;

  private void rows(String rows) throws Exception {
    String table = "photo,status,reactions,message\r\n" + rows;
    Files.write(folder.resolve("photos.csv"), table.getBytes(UTF_8));
  }

  private Roi[] draft() throws Exception {
    return new Drafts(folder).of("arm");
  }

  @Test
  void aPhotoWithoutARowIsToCome() throws Exception {
    assertNull(draft());
    rows("leg,segmented,0,\r\n");
    assertNull(draft());
  }

  @Test
  void aRowThatIsBeingWrittenIsToCome() throws Exception {
    rows("arm,segmented,1,");
    assertNull(draft());
  }

  @Test
  void aPhotoWithoutReactionsHasNoOutlines() throws Exception {
    rows("arm,segmented,0,\r\n");
    assertEquals(0, draft().length);
  }

  @Test
  void outlinesAreThoseOfTheFileAsTheyWereFound() throws Exception {
    Files.write(
        folder.resolve("arm.zip"), RoiSet.encode(new Roi[] {Samples.triangle("erythema 1")}));
    rows("arm,segmented,1,\r\n");
    assertEquals("erythema 1", draft()[0].getName());
    assertTrue(Provenance.isUnedited(draft()[0]));
  }

  @Test
  void aPhotoThatFailedHasNone() throws Exception { // the reason may name the photo
    rows("arm,failed,0,too dark\r\n");
    Problem problem = assertThrows(Problem.class, this::draft);
    assertEquals("There is no draft: the photo could not be segmented", problem.getMessage());
  }
}
