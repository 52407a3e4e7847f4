package erythema;

import ij.Prefs;
import java.net.URI;
import java.net.URISyntaxException;

/** Where the erythema service is, {@code http://HOST:PORT}. */
final class ServiceAddress {

  static final String DEFAULT = "http://127.0.0.1:8765";
  private static final int LAST_PORT = 65535;
  private static final String PREFERENCE = "erythema.service";

  private ServiceAddress() {}

  /**
   * The address that was given, else that of the environment variable ERYTHEMA_SERVICE, else the
   * remembered one; null where there is none.
   */
  static String find(String given) throws Problem {
    String environment = System.getenv("ERYTHEMA_SERVICE");
    if (given != null) {
      return check("service", given);
    }
    if (environment != null && !environment.trim().isEmpty()) {
      return check("ERYTHEMA_SERVICE", environment);
    }
    String remembered = Prefs.get(PREFERENCE, null);
    return remembered == null ? null : check(PREFERENCE, remembered);
  }

  /** Keeps the address for the next time, also after ImageJ is closed. */
  static void remember(String address) {
    Prefs.set(PREFERENCE, address);
    Prefs.savePreferences();
  }

  /**
   * The address in its plain form, without a slash at the end.
   *
   * @param key what gave the address, for the message
   */
  static String check(String key, String text) throws Problem {
    String trimmed = text.trim();
    String address = trimmed.contains("://") ? trimmed : "http://" + trimmed;
    try {
      URI uri = new URI(address);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean port = uri.getPort() == -1 || uri.getPort() > 0 && uri.getPort() <= LAST_PORT;
      boolean server = http && port && uri.getHost() != null;
      if (server && uri.getQuery() == null && uri.getFragment() == null) {
        return address.replaceAll("/+$", "");
      }
    } catch (URISyntaxException malformed) {
      // Told below, as for any other address that cannot be one.
    }
    throw new Problem(
        key + "=" + text + " is not an address of a service.\nAn address looks like " + DEFAULT);
  }
}
