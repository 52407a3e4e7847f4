package erythema.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** Keeps a folder for one writer at a time; {@code erythema segment} locks the same file. */
public final class FolderLock {

  private static final String NAME = ".erythema.lock";

  // A second channel to a locked file would, once closed, end the first one's lock.
  private static final Set<Path> HERE = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  /** For a batch. */
  FolderLock(Path folder) throws Problem {
    this(folder, "Another batch", "choose another output=");
  }

  /**
   * Makes the folder where it is not there.
   *
   * @param other who else may have it, for messages
   * @param advice what to do then
   * @throws Problem where another one is writing into it
   */
  FolderLock(Path folder, String other, String advice) throws Problem {
    Problem taken =
        new Problem(
            other + " is writing into " + folder + ".\nWait until it has ended, or " + advice);
    try {
      synchronized (HERE) {
        file = Files.createDirectories(folder).toRealPath().resolve(NAME);
        if (HERE.contains(file)) {
          throw taken;
        }
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!lock(channel)) {
          channel.close();
          throw taken;
        }
        HERE.add(file);
      }
    } catch (IOException failed) {
      throw new Problem(
          folder + " cannot be written: " + failed + ".\nCheck its permissions, or " + advice);
    }
  }

  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (IOException unknown) {
      return true; // on some network drives there are no locks
    }
  }

  public void release() {
    synchronized (HERE) {
      HERE.remove(file);
      try {
        Files.deleteIfExists(file);
        channel.close();
      } catch (IOException failed) {
        // The lock ends with ImageJ, then, and the file is in nobody's way.
      }
    }
  }
}
