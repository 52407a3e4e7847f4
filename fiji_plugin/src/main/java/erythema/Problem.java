package erythema;

/** What a person has to know: its message says what was wrong, with what, and what to do. */
class Problem extends Exception {

  Problem(String message) {
    super(message);
  }

  /** The address led to no working erythema service; another address may help. */
  static class NoService extends Problem {

    NoService(String message) {
      super(message);
    }
  }

  /** The person pressed Esc. */
  static class Canceled extends Problem {

    Canceled() {
      super("Canceled");
    }
  }
}
