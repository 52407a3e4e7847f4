package erythema.core;

import erythema.core.Problem.Canceled;
import erythema.core.Problem.NoService;
import ij.IJ;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The service that ImageJ runs on this computer, at a free port. It holds the other end of its
 * standard input and so ends with ImageJ, even where that is killed.
 */
public final class LocalService {

  private static final String ANNOUNCEMENT = "erythema service on ";
  private static final int START_SECONDS = 180;
  private static final int KEPT_LINES = 500;
  private static final int TOLD_LINES = 8;

  private static LocalService current;
  private static Supplier<Consumer<String>> logs = () -> line -> {};

  private final File program;
  private final Process process;
  private final CompletableFuture<String> address = new CompletableFuture<>();
  private final LinkedList<String> lines = new LinkedList<>();
  private Consumer<String> log;
  private volatile boolean ended;

  private LocalService(File program) throws NoService {
    this.program = program;
    log = logs.get();
    tell("Starting " + program);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(program.getPath(), "serve", "--port", "0", "--with-parent");
      addLibraries(builder.environment());
      process = builder.redirectErrorStream(true).start();
    } catch (IOException failed) {
      throw new NoService(
          program + " cannot be started: " + failed.getMessage() + ".\nInstall erythema anew");
    }
    Thread reader = new Thread(this::read, "Erythema local service");
    reader.setDaemon(true);
    reader.start();
  }

  /** Sets what shows the log of each service that is started from now on, line by line. */
  public static synchronized void showLogsIn(Supplier<Consumer<String>> windows) {
    logs = windows;
  }

  /** Its address; it is started where it does not run, which takes some seconds. */
  public static String address() throws Problem {
    return running().waitForAddress();
  }

  /** Whether it runs, or is being started. */
  public static synchronized boolean isRunning() {
    return current != null && !current.ended;
  }

  /**
   * Starts it, anew where it runs from another Python installation, and waits; shows its log.
   *
   * @param installation as {@link PythonInstallation#setting} is
   */
  public static void start(String installation) throws Problem {
    started(installation).waitForAddress();
  }

  private static synchronized LocalService started(String installation) throws Problem {
    File program = PythonInstallation.find(installation);
    if (isRunning() && current.program.equals(program)) {
      current.showLog(logs.get());
    } else {
      stop();
      current = new LocalService(program);
    }
    return current;
  }

  /** Ends it. */
  public static synchronized void stop() {
    if (current != null) {
      current.process.destroy();
      current = null;
    }
  }

  private static synchronized LocalService running() throws Problem {
    if (!isRunning()) {
      current = new LocalService(PythonInstallation.find(PythonInstallation.setting()));
    }
    return current;
  }

  private String waitForAddress() throws Problem {
    boolean starting = !address.isDone();
    if (starting) {
      IJ.showStatus("Starting the erythema service on this computer (Esc cancels)");
    }
    try {
      String ready = address.get(START_SECONDS, TimeUnit.SECONDS);
      if (starting) {
        IJ.showStatus("The erythema service on this computer is ready");
      }
      return ready;
    } catch (ExecutionException ended) {
      throw (Problem) ended.getCause();
    } catch (TimeoutException slow) {
      throw new NoService(
          program + " did not start within " + START_SECONDS + " seconds.\nIts log may say why");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Canceled();
    }
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        tell(line);
        if (line.startsWith(ANNOUNCEMENT)) {
          address.complete(line.substring(ANNOUNCEMENT.length()).trim());
        }
      }
    } catch (IOException closed) {
      // It was ended.
    }
    ended = true;
    address.completeExceptionally(
        new NoService(
            "The service on this computer ended while it was started.\n"
                + String.join("\n", last())));
    tell("The service has ended");
  }

  private synchronized void tell(String line) {
    lines.add(line);
    if (lines.size() > KEPT_LINES) {
      lines.removeFirst();
    }
    log.accept(line);
  }

  private synchronized void showLog(Consumer<String> window) {
    log = window;
    lines.forEach(window);
  }

  private synchronized List<String> last() {
    return new ArrayList<>(lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
  }

  /** On Windows the libraries of a conda environment are found by PATH. */
  private void addLibraries(Map<String, String> environment) {
    File folder = program.getAbsoluteFile().getParentFile().getParentFile();
    File libraries = new File(folder, "Library\\bin");
    if (IJ.isWindows() && libraries.isDirectory()) {
      String name =
          environment.keySet().stream().filter("PATH"::equalsIgnoreCase).findFirst().orElse("PATH");
      String path = folder + File.pathSeparator + libraries + File.pathSeparator;
      environment.merge(name, path, (old, added) -> added + old);
    }
  }
}
