package erythema.core;

import ij.Prefs;
import java.awt.GraphicsEnvironment;
import java.io.File;
import java.io.IOException;

/** What the plugin keeps among ImageJ's preferences, also after ImageJ is closed. */
final class Preferences {

  private static final String PREFIX = "erythema.";

  private Preferences() {}

  /** What is kept under a key, or null. */
  static String get(String key) {
    return Prefs.get(PREFIX + key, null);
  }

  /** Keeps a value; null or an empty one takes it away. Headless it lasts until ImageJ ends. */
  static void set(String key, String value) {
    Prefs.set(PREFIX + key, value == null || value.isEmpty() ? null : value);
  }

  static void save() {
    if (!GraphicsEnvironment.isHeadless()) {
      makePrivate(new File(Prefs.getPrefsDir(), Prefs.PREFS_NAME));
      Prefs.savePreferences();
    }
  }

  /**
   * Lets no other user read the file, which may come to hold a token; ImageJ writes over it and
   * leaves its permissions. Windows keeps a home private by itself.
   */
  static void makePrivate(File file) {
    try {
      file.getParentFile().mkdirs();
      file.createNewFile();
    } catch (IOException unwritable) {
      return; // ImageJ tells it when it saves
    }
    file.setReadable(false, false);
    file.setReadable(true, true);
    file.setWritable(false, false);
    file.setWritable(true, true);
  }
}
