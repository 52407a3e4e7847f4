package erythema;

import ij.text.TextWindow;
import java.util.function.Consumer;

/** A window with the log of the local service; a person may close it. */
final class ServiceLog implements Consumer<String> {

  private final TextWindow window = new TextWindow("Erythema service log", "", 700, 300);

  @Override
  public void accept(String line) {
    if (window.isDisplayable()) {
      window.append(line);
    }
  }
}
