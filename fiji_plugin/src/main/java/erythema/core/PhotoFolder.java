package erythema.core;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The photos in a folder. */
final class PhotoFolder {

  static final String OVERLAY_SUFFIX = ".overlay.jpg";
  static final String READER = "reader_";
  private static final String[] SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"};

  private PhotoFolder() {}

  /**
   * The photos by the names of their results, sorted. That of FOLDER/left/P1.jpg is left/P1.
   *
   * @param subfolders whether to look into the folders below, too; but for hidden and readers' ones
   * @throws Problem where there are none, or two of one name
   */
  static Map<String, File> photos(File folder, boolean subfolders) throws Problem {
    List<String> paths = paths(folder, subfolders);
    if (paths.isEmpty()) {
      throw new Problem(
          folder + ": no photos here (" + String.join(", ", SUFFIXES) + ").\nName another input=");
    }
    Map<String, File> photos = new LinkedHashMap<>();
    Map<String, String> taken = new HashMap<>();
    for (String path : paths) {
      String name = name(path);
      String other = taken.put(name.toLowerCase(Locale.ROOT), path);
      if (other != null) {
        FilePath.of(path, path); // two unreadable names look the same
        throw new Problem(
            new File(folder, other)
                + " and "
                + new File(folder, path)
                + " have one name, so their results would be one file.\nRename one of them");
      }
      photos.put(name, new File(folder, path));
    }
    return photos;
  }

  /** The name of a photo's results, which its file has before the suffix. */
  static String name(String file) {
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }

  /** The photos in a folder whose results have the name that those of a file have. */
  static List<File> ofOneName(File folder, String file) {
    String[] names =
        folder.list((in, each) -> isPhoto(each) && name(each).equalsIgnoreCase(name(file)));
    List<File> found = new ArrayList<>();
    for (String name : names == null ? new String[0] : names) {
      found.add(new File(folder, name));
    }
    Collections.sort(found);
    return found;
  }

  private static List<String> paths(File folder, boolean subfolders) throws Problem {
    if (!folder.isDirectory()) {
      throw new Problem("input=[" + folder + "]: there is no such folder.\nCheck the path");
    }
    List<String> found = new ArrayList<>();
    try {
      Path root = folder.toPath().toRealPath();
      int depth = subfolders ? Integer.MAX_VALUE : 1;
      Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), depth, collect(root, found));
    } catch (IOException unreadable) {
      throw new Problem(folder + " cannot be read: " + unreadable.getMessage() + ".\nCheck it");
    }
    Collections.sort(found, Comparator.comparing(path -> path.replace('/', '\0')));
    return found;
  }

  private static SimpleFileVisitor<Path> collect(Path root, List<String> found) {
    return new SimpleFileVisitor<Path>() {

      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        String name = String.valueOf(folder.getFileName());
        boolean other = name.startsWith(".") || name.startsWith(READER);
        return other && !folder.equals(root)
            ? FileVisitResult.SKIP_SUBTREE
            : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (isPhoto(file.getFileName().toString()) && Files.isRegularFile(file)) {
          found.add(root.relativize(file).toString().replace(File.separatorChar, '/'));
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private static boolean isPhoto(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    boolean other = name.startsWith(".") || name.endsWith(OVERLAY_SUFFIX);
    for (String suffix : SUFFIXES) {
      if (name.endsWith(suffix) && !other) {
        return true;
      }
    }
    return false;
  }
}
