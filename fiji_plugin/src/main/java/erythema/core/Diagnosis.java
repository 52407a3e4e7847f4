package erythema.core;

import java.util.ArrayList;
import java.util.List;

/** What a service says of itself when it is tested, and what is doubtful about it. */
public final class Diagnosis {

  private static final int ANSWER_MS = 10000;
  private static final String FINGERPRINT = "fingerprint";

  private final String address;
  public final String version;
  public final NetworkInfo network;
  public final List<String> doubts = new ArrayList<>();

  private Diagnosis(String address, String version, NetworkInfo network) {
    this.address = address;
    this.version = version;
    this.network = network;
  }

  /**
   * Tests the service at an address; Esc ends the wait.
   *
   * @throws Problem where it cannot be used; its message says exactly why
   */
  public static Diagnosis of(String address, Credentials credentials) throws Problem {
    return of(address, credentials, Version.ofPlugin(), ANSWER_MS);
  }

  /** As {@link #of(String, Credentials)}, with less patience. */
  public static Diagnosis of(String address, Credentials credentials, int milliseconds)
      throws Problem {
    return of(address, credentials, Version.ofPlugin(), milliseconds);
  }

  static Diagnosis of(String address, Credentials credentials, String plugin, int milliseconds)
      throws Problem {
    ServiceClient health = new ServiceClient(address, milliseconds, credentials);
    ServiceClient ready = new ServiceClient(address, milliseconds, credentials);
    ServiceClient networks = new ServiceClient(address, milliseconds, credentials);
    return Waiting.waitFor(
        () -> ask(address, plugin, health, ready, networks),
        () -> {
          health.cancel();
          ready.cancel();
          networks.cancel();
        });
  }

  private static Diagnosis ask(
      String address,
      String plugin,
      ServiceClient health,
      ServiceClient ready,
      ServiceClient networks)
      throws Problem {
    String state = health.get("/health", "a question for its state").text();
    String version = Json.string(state, "version");
    if (!"erythema".equals(Json.string(state, "service"))) {
      throw ServiceProblem.stranger(address, "It does not call itself erythema");
    }
    String doubt = plugin == null || plugin.equals(version) ? null : ofVersions(plugin, version);
    try {
      ready.get("/ready", "a question for its state");
      NetworkInfo network =
          NetworkInfo.parse(networks.get("/networks", "a question for its network"));
      Diagnosis diagnosis = new Diagnosis(address, version, network);
      if (doubt != null) {
        diagnosis.doubts.add(doubt);
      }
      diagnosis.compareFingerprint();
      return diagnosis;
    } catch (Problem.Canceled | Problem.NoService told) {
      throw told;
    } catch (Problem problem) {
      throw doubt == null ? problem : new Problem(problem.getMessage() + "\n" + doubt);
    }
  }

  private static String ofVersions(String plugin, String service) {
    return "Its version is "
        + service
        + ", the plugin's "
        + plugin
        + ": install a plugin and a service of one version";
  }

  private void compareFingerprint() {
    String known = Preferences.get(FINGERPRINT);
    String here = address + " ";
    if (known != null && known.startsWith(here) && !known.equals(here + network.fingerprint)) {
      doubts.add(
          "Its network is another one than at the last test: earlier outlines came from another"
              + " network, and are not to be compared with new ones");
    }
  }

  /** Keeps which network the service has, for the next test; one service's is kept at a time. */
  public void remember() {
    Preferences.set(FINGERPRINT, address + " " + network.fingerprint);
    Preferences.save();
  }

  /** Name and version of the network, in one line. */
  public String nameOfNetwork() {
    return network.name + " " + network.version;
  }

  /** All that was found, for a person. */
  public String text() {
    String where = address.equals(ServiceAddress.LOCAL) ? "on this computer" : "at " + address;
    StringBuilder text = new StringBuilder();
    text.append("The service ").append(where).append(" is ready.\n");
    text.append("Version ").append(version);
    text.append(", network ").append(nameOfNetwork());
    text.append(", computed by ").append(network.engine);
    for (String doubt : doubts) {
      text.append("\n").append(doubt);
    }
    return text.toString();
  }
}
