package erythema.core;

/** What is wrong with one photo of a batch, which goes on with the next one. */
final class PhotoProblem extends Problem {

  /**
   * @param message it becomes one line
   */
  PhotoProblem(String message) {
    super(message.trim().replaceAll("\\s+", " "));
  }
}
