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

  /** The service answered that it does not do what was asked for. */
  public static class Refused extends Problem {

    /** Its kind of problem, such as erythema:busy. */
    public final String type;

    /** What it says is wrong. */
    public final String detail;

    /** After how many seconds to ask again. */
    public final int wait;

    /**
     * @param document as the service sent it (RFC 9457)
     * @param wait the header Retry-After, or null
     */
    public Refused(String message, String document, String wait) {
      super(message);
      type = String.valueOf(Json.string(document, "type"));
      detail = String.valueOf(Json.string(document, "detail"));
      this.wait = wait != null && wait.matches("[0-9]{1,4}") ? Integer.parseInt(wait) : 1;
    }
  }
}
