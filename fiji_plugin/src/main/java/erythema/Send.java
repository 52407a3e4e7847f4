package erythema;

import erythema.core.Correction;
import erythema.core.Options;
import erythema.core.Problem;
import erythema.core.Reading;
import erythema.core.ServiceAddress;
import ij.IJ;
import ij.ImagePlus;

/** Sends a correction without opening a window: for macros, headless ones too. */
public final class Send {

  static final String[] KEYS = {"reader=", "state=", "reason=", "service="};

  private Send() {}

  /**
   * {@code call("erythema.Send.run", "key=value ...")}: a photo and its outlines go to the
   * service's store of corrections, where a person has agreed to that in {@link SendCorrection}.
   *
   * @param options {@code photo=[FILE]} with {@code rois=[FILE]} (the current image and its
   *     outlines where omitted), {@code reader=NAME}, {@code state=outlined}, {@code [no erythema]}
   *     or {@code unusable}, {@code reason=}, {@code service=}
   * @return the photo's ID in the store
   */
  public static String run(String options) {
    return Call.run(() -> run(Options.parse(options, Call.keys(KEYS, "photo=", "rois="))));
  }

  private static String run(Options options) throws Problem {
    String address = ServiceAddress.find(options.get("service"));
    return run(Call.photo(options), options, address);
  }

  /** Sends the photo that is shown. */
  static String run(ImagePlus image, Options options, String address) throws Problem {
    Outlines.check(image);
    Reading reading = Reading.of(options);
    Correction correction =
        new Correction(
            image,
            options.get("reader"),
            reading,
            Outlines.shown(image, Outlines.of(image, reading, options)));
    IJ.showStatus("Sending the correction (Esc cancels)");
    String id = correction.send(address);
    IJ.showStatus("The service's store has the photo as " + id);
    return id;
  }
}
