package erythema.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Arrays.asList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoQueueTest {

  @TempDir Path folder;
  private Path reader;

  @BeforeEach
  void photos() throws Exception {
    reader = Files.createDirectory(folder.resolve("reader_anna"));
    for (String name : asList("b.jpg", "a.png", "c.tif")) {
      Files.createFile(folder.resolve(name));
    }
  }

  private PhotoQueue queue(String json) throws Exception {
    Files.write(reader.resolve("queue.json"), json.getBytes(UTF_8));
    return new PhotoQueue(folder.toFile(), reader);
  }

  private static List<String> ids(PhotoQueue queue) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < queue.size(); i++) {
      ids.add(queue.id(i));
    }
    return ids;
  }

  @Test
  void withoutAFileAllPhotosComeByName() throws Exception {
    PhotoQueue queue = new PhotoQueue(folder.toFile(), reader);
    assertEquals(asList("a", "b", "c"), ids(queue));
    assertEquals("a.png", queue.photo(0).getName());
    assertFalse(queue.blind);
    assertFalse(queue.drafts);
    assertNull(queue.beside);
  }

  @Test
  void photosThatTheFileDoesNotNameComeLast() throws Exception {
    assertEquals(asList("c", "a", "b"), ids(queue("{\"photos\": [\"c\"]}")));
  }

  @Test
  void namesOfNoPhotoAreLeftOutAndNamesTwiceCountOnce() throws Exception {
    assertEquals(asList("c", "a", "b"), ids(queue("{\"photos\": [\"x\", \"c\", \"c\"]}")));
  }

  @Test
  void theFileSaysWhatIsShown() throws Exception {
    PhotoQueue queue =
        queue("{\"photos\": [\"c\"], \"blind\": true, \"drafts\": true, \"beside\": \"/found\"}");
    assertTrue(queue.blind);
    assertTrue(queue.drafts);
    assertEquals("/found", queue.beside);
  }

  @Test
  void aComparisonIsOfThePhotosThatTheFileNames() throws Exception {
    assertEquals(asList("c"), ids(queue("{\"photos\": [\"c\"], \"beside\": \"/found\"}")));
    String gone = "{\"photos\": [\"x\"], \"beside\": \"/found\"}";
    Problem problem = assertThrows(Problem.class, () -> queue(gone));
    assertTrue(problem.getMessage().contains("names no photo here"), problem.getMessage());
  }

  @Test
  void aDamagedFileIsNoReasonToShowTheNames() {
    Problem problem = assertThrows(Problem.class, () -> queue("{\"photos\": [\"c\"], \"bli"));
    assertTrue(problem.getMessage().contains("queue.json is no queue"), problem.getMessage());
  }
}
