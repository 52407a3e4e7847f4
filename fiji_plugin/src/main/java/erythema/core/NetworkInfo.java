package erythema.core;

/** The network that a service has (GET /networks). */
public final class NetworkInfo {

  public final String name;
  public final String version;

  /** It changes with anything in the network. */
  public final String fingerprint;

  /** What computes it. */
  public final String engine;

  public final double threshold;
  public final double smallest;

  private NetworkInfo(String json) {
    name = Json.string(json, "name");
    version = Json.string(json, "version");
    fingerprint = Json.string(json, "fingerprint");
    engine = Json.string(json, "engine");
    threshold = Json.number(json, "threshold");
    smallest = Json.number(json, "smallest_area");
  }

  /** Asks the service; Esc ends the wait. */
  public static NetworkInfo of(String address) throws Problem {
    ServiceClient client = new ServiceClient(address);
    return Waiting.waitFor(() -> parse(client.get("/networks", "its network")), client::cancel);
  }

  static NetworkInfo parse(Answer answer) throws Problem {
    NetworkInfo network = new NetworkInfo(answer.text());
    if (network.name == null || Double.isNaN(network.threshold + network.smallest)) {
      throw new Problem(
          "The service's network cannot be read.\nInstall a plugin and a service of one version");
    }
    return network;
  }
}
