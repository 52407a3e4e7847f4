package erythema.core;

import erythema.core.Problem.Refused;
import ij.ImagePlus;
import ij.gui.Roi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A photo and what a reader says of it, sent to a service's store of corrections (POST
 * /corrections), once the person at this computer has agreed to that for the service's address.
 */
public final class Correction {

  private static final String AGREED = "corrections.";
  private static final String YES = "agreed";
  private static final String PATH = "/corrections";
  private static final String SUBJECT = "the correction";
  private static final String JSON = "application/json";

  private final Photo photo;
  private final Roi[] outlines;
  private final String query;

  /**
   * @param outlines of the photo that is shown; none but where it is outlined
   */
  public Correction(ImagePlus image, String reader, Reading reading, Roi[] outlines)
      throws Problem {
    photo = Photo.whole(image);
    this.outlines = Provenance.signed(outlines);
    query =
        "?reader="
            + ServiceClient.encode(ReaderFolder.checked(reader))
            + "&state="
            + ServiceClient.encode(reading.state)
            + "&reason="
            + ServiceClient.encode(reading.reason);
  }

  public static boolean isAgreed(String address) {
    return YES.equals(Preferences.get(AGREED + address));
  }

  /** Keeps whether the person agrees that corrections go to an address. */
  public static void setAgreed(String address, boolean agreed) {
    Preferences.set(AGREED + address, agreed ? YES : null);
    Preferences.save();
  }

  /**
   * Sends it; Esc ends the wait.
   *
   * @return the photo's ID in the store
   */
  public String send(String address) throws Problem {
    if (!isAgreed(address)) {
      throw new Problem(
          "Nothing was sent to "
              + address
              + ": nobody has agreed to that here.\n"
              + "Click once on Plugins > Erythema > Send correction, which says what goes where");
    }
    return ask(
        address,
        client -> {
          client.get(PATH, SUBJECT); // or the photo would go where it is not kept
          Answer answer = client.post(PATH + query, "application/zip", this::zip, JSON, SUBJECT);
          return String.valueOf(Json.string(answer.text(), "photo"));
        });
  }

  /**
   * Asks a service whether it keeps corrections; Esc ends the wait.
   *
   * @throws Problem where it does not
   */
  public static void checkKept(String address) throws Problem {
    ask(address, client -> client.get(PATH, SUBJECT));
  }

  private interface Question<T> {
    T ask(ServiceClient client) throws Problem;
  }

  private static <T> T ask(String address, Question<T> question) throws Problem {
    ServiceClient client = new ServiceClient(address);
    try {
      return Waiting.waitFor(() -> question.ask(client), client::cancel);
    } catch (Refused refused) {
      throw refused.type.equals("erythema:corrections-off") ? off(address) : refused;
    }
  }

  private static Problem off(String address) {
    return new Problem(
        "The service at "
            + address
            + " keeps no corrections.\nStart one that does with: erythema serve --corrections"
            + " FOLDER; then give its address in Plugins > Erythema > Erythema service...");
  }

  private ByteArrayOutputStream zip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream entries = new ZipOutputStream(bytes)) {
      entries.setLevel(Deflater.NO_COMPRESSION); // a PNG is
      entries.putNextEntry(new ZipEntry("photo.png"));
      photo.png().writeTo(entries);
      if (outlines.length > 0) {
        entries.putNextEntry(new ZipEntry("outlines.zip"));
        entries.write(RoiSet.encode(withoutOthersProperties()));
      }
    }
    return bytes;
  }

  /** The names are those of sites, which are wanted; what others noted is nobody's business. */
  private Roi[] withoutOthersProperties() {
    for (Roi outline : outlines) {
      outline.setProperties(
          Arrays.stream(outline.getProperties().split("\n"))
              .filter(property -> property.startsWith("erythema."))
              .collect(Collectors.joining("\n")));
    }
    return outlines;
  }
}
