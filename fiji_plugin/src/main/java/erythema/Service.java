package erythema;

import erythema.core.Options;

/** Says where the service is without opening a window: for macros, headless ones too. */
public final class Service {

  private Service() {}

  /**
   * {@code call("erythema.Service.run", "service=...")}: tests the service and asks it from now on.
   *
   * @param options {@code service=http://HOST:PORT}, or {@code service=local} for one that is
   *     started on this computer; where omitted, the one that is known is tested
   * @return name and version of its network
   */
  public static String run(String options) {
    return Call.run(() -> ErythemaService.use(Options.parse(options, "service=")).nameOfNetwork());
  }
}
