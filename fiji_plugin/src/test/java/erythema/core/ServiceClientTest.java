package erythema.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.Problem.NoService;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.process.FloatProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What the plugin makes of each answer; a stand-in gives them. */
class ServiceClientTest {

  private static final String ERYTHEMA = "{\"service\": \"erythema\", \"version\": \"0.1.0\"}";

  private static final Settings ANY = new Settings(null, null, null);

  private static Roi[] segment(String address) throws Problem {
    return segment(new ServiceClient(address), ANY);
  }

  private static Roi[] segment(ServiceClient client, Settings settings) throws Problem {
    return Segmenter.outlines(client, Photo.of(Samples.twoPixels()), settings);
  }

  private static String noService(String address) {
    return assertThrows(NoService.class, () -> segment(address)).getMessage();
  }

  private static byte[] oneOutline() throws IOException {
    return RoiSet.encode(new Roi[] {Samples.triangle("erythema 1")});
  }

  @Test
  void outlinesArriveAsTheyWereSent() throws Exception {
    try (StandInService service = new StandInService().outlines(oneOutline(), 1)) {
      Roi[] rois = segment(service.address());
      assertEquals(1, rois.length);
      assertEquals("erythema 1", rois[0].getName());
      assertArrayEquals(new float[] {0.0625f, 1.9375f, 1.5f}, rois[0].getFloatPolygon().xpoints);
    }
  }

  @Test
  void onThisComputerAPhotoIsSentAsATiff() throws Exception {
    try (StandInService service = new StandInService().outlines(oneOutline(), 1)) {
      segment(service.address());
      assertEquals("image/tiff", service.contentType);
      ByteArrayOutputStream tiff = new ByteArrayOutputStream();
      Photo.of(Samples.twoPixels()).writeTiff(tiff);
      assertArrayEquals(tiff.toByteArray(), service.body);
      assertNull(service.query);
    }
  }

  @Test
  void theServiceThatImageJRunsIsOnThisComputer() {
    assertTrue(new ServiceClient("local").isLocal());
  }

  /** The stand-in is the proxy on the way to an address that no computer has. */
  @Test
  void toAnotherComputerAPhotoIsSentAsAPng() throws Exception {
    try (StandInService service = new StandInService().outlines(oneOutline(), 1)) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty("http.proxyPort", service.address().replaceAll(".*:", ""));
      segment("http://192.0.2.1:8765");
      assertEquals("image/png", service.contentType);
      assertArrayEquals(Photo.of(Samples.twoPixels()).png().toByteArray(), service.body);
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
    }
  }

  @Test
  void settingsAreSent() throws Exception {
    try (StandInService service = new StandInService().outlines(oneOutline(), 1)) {
      segment(new ServiceClient(service.address()), new Settings("a b", 0.25, 0.5));
      assertEquals("network=a+b&threshold=0.25&smallest_area=0.5", service.query);
    }
  }

  @Test
  void nothingFoundIsNoProblem() throws Exception {
    try (StandInService service = new StandInService().outlines(RoiSet.encode(new Roi[0]), 0)) {
      assertEquals(0, segment(service.address()).length);
    }
  }

  @Test
  void nothingAnswers() throws IOException {
    String address = Samples.deadAddress();
    assertEquals(
        "Nothing answers at "
            + address
            + ": connection refused at port "
            + address.substring("http://127.0.0.1:".length())
            + ".\nCheck the port (that of the service is 8765 where none was chosen)."
            + " Start the service with: erythema serve",
        noService(address));
  }

  @Test
  void unknownComputer() {
    String message = noService("http://nowhere.invalid:8765");
    assertTrue(message.startsWith("No computer is known as nowhere.invalid"), message);
  }

  @Test
  void whatSpeaksNoTlsIsNotCalledUntrusted() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FutureTask<Void> answer = new FutureTask<>(() -> refuseTls(server));
      new Thread(answer).start();
      String message = noService("https://127.0.0.1:" + server.getLocalPort());
      assertTrue(message.contains(" does not speak TLS ("), message);
      answer.get();
    }
  }

  private static Void refuseTls(ServerSocket server) throws IOException {
    try (Socket client = server.accept()) {
      client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes("UTF-8"));
      client.shutdownOutput();
      Streams.readAll(client.getInputStream());
    }
    return null;
  }

  @Test
  void aFullQueueIsNoFaultOfThePhoto() throws Exception {
    String problem = "{\"type\": \"erythema:busy\", \"detail\": \"full\"}";
    try (StandInService service =
        new StandInService().answer(503, "application/problem+json", problem)) {
      Problem busy = assertThrows(Problem.class, () -> segment(service.address()));
      assertEquals(
          "The service at " + service.address() + " is busy: its queue is full.\nTry again later",
          busy.getMessage());
    }
  }

  @Test
  void anotherProgramAnswers() throws Exception {
    try (StandInService other = new StandInService().answer(200, "text/html", "<html>hello")) {
      String message = noService(other.address());
      assertTrue(message.contains(" is not the erythema service"), message);
      assertTrue(message.contains("erythema serve"), message);
    }
  }

  @Test
  void theServiceItselfFails() throws Exception {
    try (StandInService service =
        new StandInService().answer(500, "text/plain", "oh no").health(ERYTHEMA)) {
      String message = noService(service.address());
      assertTrue(message.contains("failed. It answered with HTTP 500"), message);
    }
  }

  @Test
  void anAnswerWithTooFewOutlinesIsNotTaken() throws Exception {
    try (StandInService service = new StandInService().outlines(oneOutline(), 2).health(ERYTHEMA)) {
      String message = noService(service.address());
      assertTrue(message.contains("1 of 2 outlines arrived"), message);
    }
  }

  @Test
  void outlinesWhoseNumberIsNotToldAreNotTaken() throws Exception {
    try (StandInService service =
        new StandInService().answer(200, "application/zip", oneOutline()).health(ERYTHEMA)) {
      String message = noService(service.address());
      assertTrue(message.contains("1 of an unknown number of outlines arrived"), message);
    }
  }

  @Test
  void aProbabilityOfAnotherSizeIsNotTaken() throws Exception {
    ImagePlus square = new ImagePlus("", new FloatProcessor(2, 2));
    byte[] tiff = new FileSaver(square).serialize();
    try (StandInService service =
        new StandInService().answer(200, "image/tiff", tiff).health(ERYTHEMA)) {
      ServiceClient client = new ServiceClient(service.address());
      Photo photo = Photo.of(Samples.twoPixels());
      String message =
          assertThrows(NoService.class, () -> Segmenter.probability(client, photo, ANY))
              .getMessage();
      assertTrue(message.contains("it is of another size, 2 x 2"), message);
    }
  }

  @Test
  void aRefusalIsToldInItsOwnWords() throws Exception {
    String problem =
        "{\"title\": \"Photo\", \"status\": 422, \"detail\": \"too \\u201csmall\\u201d\"}";
    try (StandInService service =
        new StandInService().answer(422, "application/problem+json", problem)) {
      Problem refusal = assertThrows(Problem.class, () -> segment(service.address()));
      assertEquals(
          "The service at " + service.address() + " refused arm.png.\ntoo “small”",
          refusal.getMessage());
    }
  }

  @Test
  void redirectsAreToldAndNotFollowed() throws Exception {
    try (StandInService target = new StandInService().outlines(oneOutline(), 1);
        StandInService service = new StandInService().redirect(target.address() + "/segment")) {
      String message = noService(service.address());
      assertTrue(message.contains("sends on to " + target.address()), message);
      assertNull(target.body);
    }
  }

  @Test
  void aCanceledRequestEndsWithoutADiagnosis() throws Exception {
    try (StandInService service = new StandInService().silent()) {
      ServiceClient client = new ServiceClient(service.address());
      FutureTask<Roi[]> request = new FutureTask<>(() -> segment(client, ANY));
      new Thread(request).start();
      service.asked.await();
      client.cancel();
      Throwable end = assertThrows(ExecutionException.class, request::get).getCause();
      assertInstanceOf(Problem.Canceled.class, end);
    }
  }

  @Test
  void aSilentServiceIsGivenUp() throws Exception {
    try (StandInService service = new StandInService().silent()) {
      ServiceClient client = new ServiceClient(service.address(), 100);
      Problem problem = assertThrows(NoService.class, () -> segment(client, ANY));
      assertTrue(problem.getMessage().contains("did not answer within 0.1 seconds"));
    }
  }
}
