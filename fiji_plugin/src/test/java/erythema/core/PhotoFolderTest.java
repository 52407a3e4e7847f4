package erythema.core;

import static java.util.Arrays.asList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoFolderTest {

  @TempDir Path folder;

  private void touch(String... names) throws Exception {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private Map<String, File> photos(boolean subfolders) throws Problem {
    return PhotoFolder.photos(folder.toFile(), subfolders);
  }

  private List<String> names(boolean subfolders) throws Problem {
    return new ArrayList<>(photos(subfolders).keySet());
  }

  @Test
  void photosComeInOrderAndOtherFilesDoNot() throws Exception {
    touch("b.png", "a.TIF", "c.d.jpeg", "notes.txt", "e.overlay.jpg", "a.zip", "._a.png");
    touch("folder.png/inside.txt");
    assertEquals(asList("a", "b", "c.d"), names(false));
    assertEquals(folder.resolve("a.TIF").toFile(), photos(false).get("a"));
  }

  @Test
  void subfoldersNameTheirPhotos() throws Exception {
    touch("P1.png", "left/P1.png", "left/deep/P1.png", "left-hand/P1.png");
    touch(".hidden/P2.png", "reader_a/P3.png");
    assertEquals(asList("P1", "left/P1", "left/deep/P1", "left-hand/P1"), names(true));
    assertEquals(asList("P1"), names(false));
  }

  @Test
  void twoPhotosOfOneNameAreRefused() throws Exception {
    touch("P1.png", "p1.jpg");
    String message = assertThrows(Problem.class, () -> photos(false)).getMessage();
    assertTrue(message.startsWith(folder.resolve("P1.png") + " and " + folder.resolve("p1.jpg")));
  }

  @Test
  void aFolderWithoutPhotosIsRefused() throws Exception {
    touch("left/P1.png");
    String message = assertThrows(Problem.class, () -> photos(false)).getMessage();
    assertTrue(message.startsWith(folder + ": no photos here (.jpg, .jpeg, .png"), message);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    File none = folder.resolve("none").toFile();
    String message = assertThrows(Problem.class, () -> PhotoFolder.photos(none, true)).getMessage();
    assertEquals("input=[" + none + "]: there is no such folder.\nCheck the path", message);
  }
}
