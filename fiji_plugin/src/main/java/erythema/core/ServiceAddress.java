package erythema.core;

import erythema.core.Problem.NoService;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where the erythema service is: {@code http://HOST:PORT}, or {@code local} for the one that ImageJ
 * runs itself.
 */
public final class ServiceAddress {

  public static final String DEFAULT = "http://127.0.0.1:8765";

  /** Stands for {@link LocalService}, which has another port each time it starts. */
  public static final String LOCAL = "local";

  private static final String ENVIRONMENT = "ERYTHEMA_SERVICE";
  private static final int LAST_PORT = 65535;
  private static final String PREFERENCE = "service";

  private static volatile String chosen;

  private ServiceAddress() {}

  /**
   * The address that was given, else the one chosen since ImageJ started, else that of the
   * environment variable ERYTHEMA_SERVICE, else the one remembered from earlier, else this
   * computer's.
   */
  public static String find(String given) throws NoService {
    String[] known = known(given);
    return check(known[0], known[1]);
  }

  /** What {@link #find} finds, as it was written, be it an address or not. */
  public static String text(String given) {
    return known(given)[1];
  }

  /** What gave the address, and its text. */
  private static String[] known(String given) {
    String key = "service";
    if (given != null) {
      return new String[] {key, given};
    }
    if (chosen != null) {
      return new String[] {key, chosen};
    }
    String environment = System.getenv(ENVIRONMENT);
    if (environment != null && !environment.trim().isEmpty()) {
      return new String[] {ENVIRONMENT, environment};
    }
    String remembered = Preferences.get(PREFERENCE);
    return remembered == null
        ? new String[] {key, DEFAULT}
        : new String[] {"erythema.service", remembered};
  }

  /** Keeps the address for the next time, also after ImageJ is closed; null forgets it. */
  public static void remember(String address) {
    chosen = address;
    Preferences.set(PREFERENCE, address);
    Preferences.save();
  }

  /**
   * The address in its plain form, without a slash at the end.
   *
   * @param key what gave the address, for the message
   */
  public static String check(String key, String text) throws NoService {
    String trimmed = text.trim();
    if (trimmed.equalsIgnoreCase(LOCAL)) {
      return LOCAL;
    }
    String address = trimmed.contains("://") ? trimmed : "http://" + trimmed;
    URI uri = server(address);
    if (uri == null || address.matches("(?i)http://https?:?/.*")) { // http:/HOST, http//HOST
      throw new NoService(
          key + "=" + text + " is not an address of a service.\nAn address looks like " + DEFAULT);
    }
    if (uri.getUserInfo() != null) {
      throw new NoService(
          key + "= has a name or a password, which ImageJ would record.\nGive it without");
    }
    String plain = uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getRawAuthority();
    if (!uri.getPath().matches("/*")) {
      throw new NoService(
          key + "=" + text + " has a path.\nGive the address without a path: " + plain);
    }
    return plain;
  }

  /** The parts of an address of a web server, or null where it is none. */
  private static URI server(String address) {
    try {
      URI uri = new URI(address);
      boolean http = String.valueOf(uri.getScheme()).matches("(?i)https?");
      boolean port = uri.getPort() == -1 || uri.getPort() > 0 && uri.getPort() <= LAST_PORT;
      boolean plain = uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null;
      return http && port && plain ? uri : null;
    } catch (URISyntaxException malformed) {
      return null;
    }
  }
}
