package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import java.awt.event.KeyEvent;
import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CorrectionTest {

  private static final String KEPT = "{\"photo\":\"0123abcd\",\"new\":true}";
  private static final Reading OUTLINED = new Reading("outlined", "");

  private final ImagePlus image = Samples.twoPixels();
  private StandInService service;

  @BeforeEach
  void agree() throws Exception {
    service = new StandInService();
    Correction.setAgreed(service.address(), true);
  }

  @AfterEach
  void withdraw() {
    Correction.setAgreed(service.address(), false);
    service.close();
    IJ.resetEscape();
  }

  private String send(String reader, Reading reading, Roi... outlines) throws Problem {
    return new Correction(image, reader, reading, outlines).send(service.address());
  }

  private StandInService keeping() {
    return service.taking("/corrections", 201, "application/json", KEPT);
  }

  private Map<String, byte[]> sent() throws Exception {
    Map<String, byte[]> sent = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(service.body))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        sent.put(entry.getName(), Streams.readAll(zip));
      }
    }
    return sent;
  }

  @Test
  void thePixelsAndOutlinesGoToTheStoreWhichNamesThePhoto() throws Exception {
    keeping();
    image.setRoi(0, 0, 1, 1); // the selection crops nothing
    assertEquals("0123abcd", send("Anna", OUTLINED, new Roi(0, 0, 1, 1)));
    assertEquals("reader=anna&state=outlined&reason=", service.query);
    assertEquals("application/zip", service.contentType);
    assertArrayEquals(new String[] {"photo.png", "outlines.zip"}, sent().keySet().toArray());
    byte[] png = sent().get("photo.png");
    int[] pixels = new int[2];
    ImageIO.read(new ByteArrayInputStream(png)).getRGB(0, 0, 2, 1, pixels, 0, 2);
    assertArrayEquals(new int[] {0xffff0000, 0xff0000ff}, pixels);
  }

  @Test
  void namesOfSitesAndWhoseWorkItIsGoAlongAndNothingOfOthers() throws Exception {
    keeping();
    Roi drawn = Samples.triangle("birch");
    drawn.setProperty("patient", "somebody");
    send("anna", OUTLINED, drawn);
    Roi kept = RoiSet.decode(sent().get("outlines.zip"))[0];
    assertEquals("birch", kept.getName());
    assertEquals("reader", kept.getProperty("erythema.source"));
    assertEquals("default", kept.getProperty("erythema.model"));
    assertNull(kept.getProperty("patient"));
    assertEquals("somebody", drawn.getProperty("patient"));
  }

  @Test
  void whereNothingIsOutlinedThePhotoGoesAlone() throws Exception {
    keeping();
    send("anna", new Reading("unusable", "too dark & blurred"));
    assertEquals("reader=anna&state=unusable&reason=too+dark+&+blurred", service.query);
    assertArrayEquals(new String[] {"photo.png"}, sent().keySet().toArray());
  }

  @Test
  void whatTheStoreHasAlreadyIsNamedToo() throws Exception {
    service.taking("/corrections", 200, "application/json", KEPT.replace("true", "false"));
    assertEquals("0123abcd", send("anna", OUTLINED, new Roi(0, 0, 1, 1)));
  }

  @Test
  void withoutAnAgreementNothingIsSent() throws Exception {
    keeping();
    Correction.setAgreed(service.address(), false);
    String message = assertThrows(Problem.class, () -> send("anna", OUTLINED)).getMessage();
    assertEquals(
        "Nothing was sent to "
            + service.address()
            + ": nobody has agreed to that here.\nClick once on Plugins > Erythema > Send"
            + " correction, which says what goes where",
        message);
    assertNull(service.body);
  }

  @Test
  void anAgreementIsForOneAddress() throws Exception {
    try (StandInService other = new StandInService()) {
      other.taking("/corrections", 201, "application/json", KEPT);
      Correction correction = new Correction(image, "anna", OUTLINED, new Roi[0]);
      assertThrows(Problem.class, () -> correction.send(other.address()));
      assertNull(other.body);
    }
  }

  @Test
  void aServiceThatKeepsNoneIsToldHowToStart() throws Exception {
    service.taking(
        "/corrections",
        403,
        "application/problem+json",
        "{\"type\":\"erythema:corrections-off\",\"detail\":\"none\"}");
    String message = assertThrows(Problem.class, () -> send("anna", OUTLINED)).getMessage();
    assertTrue(message.startsWith("The service at " + service.address() + " keeps no corrections"));
    assertTrue(message.contains("erythema serve --corrections FOLDER"), message);
  }

  @Test
  void whatTheStoreRefusesIsTold() throws Exception {
    service.taking(
        "/corrections",
        422,
        "application/problem+json",
        "{\"type\":\"erythema:parameter\",\"detail\":\"reason: is one line.\"}");
    assertEquals(
        "The service at " + service.address() + " refused the correction.\nreason: is one line.",
        assertThrows(Problem.class, () -> send("anna", OUTLINED)).getMessage());
  }

  @Test
  void escEndsIt() {
    keeping();
    IJ.setKeyDown(KeyEvent.VK_ESCAPE);
    assertThrows(Problem.Canceled.class, () -> send("anna", OUTLINED));
  }

  @Test
  void anotherReadersNameIsRefusedBeforeAnythingIsSent() {
    String message = assertThrows(Problem.class, () -> send("A. B.", OUTLINED)).getMessage();
    assertTrue(message.startsWith("reader=[A. B.] is no reader's name"), message);
  }
}
