package erythema.core;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files that are there as a whole or not at all. */
final class WholeFile {

  private WholeFile() {}

  /** Writes under another name and renames; where that fails, what the file held before stays. */
  static void write(Path file, byte[] content) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".part");
    try {
      append(beside, content, false); // or a power cut leaves an empty file under the name
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /**
   * Renames a file to the first name that is free of NAME.kept-1.zip, NAME.kept-2.zip and so on.
   *
   * @param file NAME.zip
   */
  static Path keep(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("(?i)\\.zip$", "");
    int number = 1;
    Path kept;
    do {
      kept = file.resolveSibling(name + ".kept-" + number++ + ".zip");
    } while (Files.exists(kept));
    return Files.move(file, kept);
  }

  /** Appends to a file, and returns when the disk has it. */
  static void append(Path file, byte[] content) throws IOException {
    append(file, content, true);
  }

  private static void append(Path file, byte[] content, boolean after) throws IOException {
    try (FileOutputStream out = new FileOutputStream(file.toFile(), after)) {
      out.write(content);
      out.getFD().sync();
    }
  }
}
