package erythema.core;

/** What a person has to know: its message says what was wrong, with what, and what to do. */
public class Problem extends Exception {

  public Problem(String message) {
    super(message);
  }

  /** The address led to no working erythema service; another address may help. */
  public static class NoService extends Problem {

    public NoService(String message) {
      super(message);
    }
  }

  /** The person pressed Esc. */
  public static class Canceled extends Problem {

    public Canceled() {
      super("Canceled");
    }
  }
}
