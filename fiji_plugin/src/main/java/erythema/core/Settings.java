package erythema.core;

/** How photos are segmented; null stands for the network's own, or for any network. */
public final class Settings {

  /** The options that {@link #of} looks at. */
  public static final String[] KEYS = {"network=", "threshold=", "smallest="};

  public final String network;
  public final Double threshold;
  public final Double smallest;

  /**
   * @param network its name
   * @param threshold the probability from which skin is erythema, above 0 and at most 1
   * @param smallest the share of the photo below which a reaction is left out, from 0 to 1
   */
  public Settings(String network, Double threshold, Double smallest) {
    this.network = network;
    this.threshold = threshold;
    this.smallest = smallest;
  }

  public static Settings of(Options options) throws Problem {
    return new Settings(
        options.get("network"), options.positiveShare("threshold"), options.share("smallest"));
  }

  /** The address's query, with its question mark; nothing where nothing is set. */
  String query() {
    String query = network == null ? "" : "&network=" + ServiceClient.encode(network);
    query += threshold == null ? "" : "&threshold=" + threshold;
    query += smallest == null ? "" : "&smallest_area=" + smallest;
    return query.replaceFirst("&", "?");
  }
}
