package erythema.core;

import erythema.core.Problem.NoService;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds the program {@code erythema} that pip or conda installed on this computer. */
public final class PythonInstallation {

  private static final String SETTING = "python";
  private static final String[] PROGRAMS = {
    "", "bin/erythema", "Scripts/erythema.exe", "erythema", "erythema.exe"
  };

  /** Below a home, or where a system keeps programs. */
  private static final String[] FOLDERS = {
    "miniforge3",
    "miniconda3",
    "anaconda3",
    "mambaforge",
    "micromamba",
    "conda",
    ".conda",
    "venv",
    ".venv",
    "erythema/.venv",
    "erythema/venv",
    ".local",
    ""
  };

  private static final String[] FOLDERS_OF_FOLDERS = {".virtualenvs", ".pyenv/versions"};

  private static final String[] SYSTEM = {
    "/opt", "/opt/homebrew", "/usr/local", "C:\\ProgramData", "C:\\"
  };

  private PythonInstallation() {}

  /** The folder or program that the person named, or an empty text where it is searched for. */
  public static String setting() {
    String setting = Preferences.get(SETTING);
    return setting == null ? "" : setting;
  }

  /** Keeps the folder or program for the next time; an empty text has it searched for. */
  public static void remember(String setting) {
    Preferences.set(SETTING, setting.trim());
    Preferences.save();
  }

  /** The program: where the person said, else on PATH, else in the usual folders. */
  static File find(String setting) throws NoService {
    File home = new File(System.getProperty("user.home"));
    List<File> roots = new ArrayList<>(Arrays.asList(home, new File(home, "opt")));
    for (String folder : SYSTEM) {
      roots.add(new File(folder));
    }
    return find(setting.trim(), System.getenv("PATH"), roots);
  }

  static File find(String setting, String path, List<File> roots) throws NoService {
    if (!setting.isEmpty()) {
      File program = program(new File(setting));
      if (program == null) {
        throw new NoService(
            setting
                + " has no program erythema.\nChoose the folder of another Python installation in"
                + " Plugins > Erythema > Erythema service..., or none to have it searched for");
      }
      return program;
    }
    for (File folder : folders(path, roots)) {
      File program = program(folder);
      if (program != null) {
        return program;
      }
    }
    throw new NoService(
        "No Python installation with the program erythema was found on this computer.\n"
            + "Install Python 3.10 or newer and erythema in it (pip install"
            + " erythema-VERSION-py3-none-any.whl),\nor choose its folder in Plugins > Erythema >"
            + " Erythema service...");
  }

  /** The program in an installation's folder, or the one that was named itself; or null. */
  private static File program(File folder) {
    for (String name : PROGRAMS) {
      File program = name.isEmpty() ? folder : new File(folder, name);
      if (program.isFile() && program.canExecute() && program.getName().startsWith("erythema")) {
        return program;
      }
    }
    return null;
  }

  private static List<File> folders(String path, List<File> roots) {
    List<File> folders = new ArrayList<>();
    for (String entry : path == null ? new String[0] : path.split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        folders.add(new File(entry));
      }
    }
    for (File root : roots) {
      for (String name : FOLDERS) {
        folders.add(new File(root, name));
        folders.addAll(inside(new File(root, name + "/envs")));
      }
      for (String name : FOLDERS_OF_FOLDERS) {
        folders.addAll(inside(new File(root, name)));
      }
    }
    return folders;
  }

  private static List<File> inside(File folder) {
    File[] files = folder.listFiles();
    if (files == null) {
      return new ArrayList<>();
    }
    Arrays.sort(files);
    return Arrays.asList(files);
  }
}
