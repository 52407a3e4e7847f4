package erythema.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A reader's unfinished.txt: the photos that were opened and not left by Next, each on a line.
 * Their outlines are saved, but some may be missing.
 */
public final class Unfinished {

  private final Path file;
  private final Set<String> photos = new LinkedHashSet<>();

  /**
   * @param reader the reader's folder; it need not be there yet
   */
  public Unfinished(Path reader) throws Problem {
    file = reader.resolve("unfinished.txt");
    try {
      if (Files.exists(file)) {
        photos.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
      }
    } catch (IOException failed) {
      throw told(failed);
    }
  }

  public boolean has(String photo) {
    return photos.contains(photo);
  }

  /** Adds a photo, and returns when the disk has it. */
  public void add(String photo) throws Problem {
    if (photos.add(photo)) {
      write();
    }
  }

  /** Takes a photo out, and returns when the disk has it. */
  public void remove(String photo) throws Problem {
    if (photos.remove(photo)) {
      write();
    }
  }

  private void write() throws Problem {
    try {
      WholeFile.write(file, String.join("\n", photos).getBytes(StandardCharsets.UTF_8));
    } catch (IOException failed) {
      throw told(failed);
    }
  }

  private Problem told(IOException failed) {
    return new Problem(file + " cannot be read or written: " + failed + ".\nCheck its permissions");
  }
}
