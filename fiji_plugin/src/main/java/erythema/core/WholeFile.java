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
