package erythema.core;

/** The plugin's version. */
public final class Version {

  private Version() {}

  /** As the jar's manifest says, or null where the classes lie in no jar. */
  public static String ofPlugin() {
    return Version.class.getPackage().getImplementationVersion();
  }
}
