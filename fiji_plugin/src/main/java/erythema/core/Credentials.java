package erythema.core;

/**
 * The token that a service asks for, and the pin by which its certificate is known; null where
 * there is none. Both are kept for one address each and never used at another one.
 */
public final class Credentials {

  private static final String TOKEN = "token.";
  private static final String PIN = "pin.";

  public final String token;
  public final String pin;

  /** Blanks and line ends, which come along when a token is pasted, are left out. */
  public Credentials(String token, String pin) {
    this.token = plain(token);
    this.pin = plain(pin);
  }

  /** Those for an address: kept ones, and those of ERYTHEMA_TOKEN and ERYTHEMA_PIN. */
  public static Credentials of(String address) {
    return stored(address).withEnvironment(address);
  }

  /** Those kept for an address. */
  public static Credentials stored(String address) {
    return new Credentials(Preferences.get(TOKEN + address), Preferences.get(PIN + address));
  }

  /** Those that an address gets where these are kept for it. */
  public Credentials withEnvironment(String address) {
    Credentials environment =
        new Credentials(System.getenv("ERYTHEMA_TOKEN"), System.getenv("ERYTHEMA_PIN"));
    return with(environment, System.getenv("ERYTHEMA_SERVICE"), address);
  }

  /**
   * The environment's token is for the service that the environment names, or else for the one that
   * the environment's pin tells from all others: a macro must not be able to send it elsewhere.
   */
  Credentials with(Credentials environment, String service, String address) {
    if (service != null && !service.trim().isEmpty()) {
      return isAt(service, address) ? after(environment) : this;
    }
    boolean none = token == null && pin == null;
    return none && environment.pin != null ? environment : this;
  }

  private static boolean isAt(String service, String address) {
    try {
      return ServiceAddress.check("ERYTHEMA_SERVICE", service).equals(address);
    } catch (Problem malformed) {
      return false;
    }
  }

  private Credentials after(Credentials first) {
    return new Credentials(
        first.token != null ? first.token : token, first.pin != null ? first.pin : pin);
  }

  /**
   * Keeps these for an address, in place of older ones.
   *
   * @throws Problem where they are none, or where the token would go over the wire unprotected
   */
  public void remember(String address) throws Problem {
    check(address);
    Preferences.set(TOKEN + address, token);
    Preferences.set(PIN + address, pin);
    Preferences.save();
  }

  /** Checks that these fit an address. */
  public void check(String address) throws Problem {
    if (token != null && !address.startsWith("https:")) {
      throw new Problem(
          "A token is sent over https alone, and the service is "
              + address
              + ".\nWrite https:// in its address, or leave the token empty");
    }
    if (pin != null && !address.startsWith("https:")) {
      throw new Problem(
          "A service without https has no certificate, and the service is "
              + address
              + ".\nWrite https:// in its address, or leave the pin empty");
    }
    if (pin != null && !pin.matches("sha256//[A-Za-z0-9+/]{43}=")) {
      throw new Problem(
          pin
              + " is not the pin of a certificate.\nCopy it as the service printed it: sha256//...");
    }
  }

  private static String plain(String text) {
    String plain = text == null ? "" : text.replaceAll("\\s", "");
    return plain.isEmpty() ? null : plain;
  }
}
