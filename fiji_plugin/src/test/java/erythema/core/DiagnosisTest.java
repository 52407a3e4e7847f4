package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.Problem.NoService;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What "Test connection" says of each service; a stand-in plays them. */
class DiagnosisTest {

  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final Credentials NONE = new Credentials(null, null);

  private StandInService service;

  @BeforeEach
  void start() throws IOException {
    service = new StandInService();
  }

  @AfterEach
  void stop() {
    service.close();
    Preferences.set("fingerprint", null);
  }

  private static String network(String fingerprint) {
    return "[{\"name\": \"default\", \"version\": \"1\", \"fingerprint\": \""
        + fingerprint
        + "\", \"threshold\": 0.5, \"smallest_area\": 0.01, \"engine\": \"openvino\"}]";
  }

  private StandInService ofVersion(String version) {
    return service.health("{\"service\": \"erythema\", \"version\": \"" + version + "\"}");
  }

  private void isReady(String version, String fingerprint) {
    ofVersion(version)
        .at("/ready", 200, JSON, "{\"status\": \"ready\"}")
        .at("/networks", 200, JSON, network(fingerprint));
  }

  private Diagnosis diagnosis() throws Problem {
    return Diagnosis.of(service.address(), NONE, "0.1.0", 5000);
  }

  private String problem(Credentials credentials) {
    return assertThrows(
            Problem.class, () -> Diagnosis.of(service.address(), credentials, "0.1.0", 5000))
        .getMessage();
  }

  @Test
  void aServiceThatWorksTellsVersionNetworkAndEngine() throws Problem {
    isReady("0.1.0", "aa");
    assertEquals(
        "The service at "
            + service.address()
            + " is ready.\nVersion 0.1.0, network default 1, computed by openvino",
        diagnosis().text());
  }

  @Test
  void anotherVersionIsDoubtful() throws Problem {
    isReady("0.2.0", "aa");
    assertEquals(
        "[Its version is 0.2.0, the plugin's 0.1.0:"
            + " install a plugin and a service of one version]",
        diagnosis().doubts.toString());
  }

  @Test
  void anotherNetworkThanTheRememberedOneIsToldUntilItIsRemembered() throws Problem {
    isReady("0.1.0", "aa");
    Preferences.set("fingerprint", service.address() + " bb");
    Diagnosis diagnosis = diagnosis();
    String doubts = diagnosis.doubts.toString();
    assertTrue(doubts.contains("earlier outlines came from another network"), doubts);
    assertEquals(doubts, diagnosis().doubts.toString());
    diagnosis.remember();
    assertEquals("[]", diagnosis().doubts.toString());
  }

  @Test
  void theNetworkOfAnotherServiceIsNotCompared() throws Problem {
    isReady("0.1.0", "aa");
    Preferences.set("fingerprint", service.address() + "0 bb");
    assertEquals("[]", diagnosis().doubts.toString());
  }

  @Test
  void aTestKeepsNothing() throws Problem {
    isReady("0.1.0", "aa");
    diagnosis();
    assertNull(Preferences.get("fingerprint"));
  }

  @Test
  void aNetworkThatIsBeingLoadedIsNotReadyYet() {
    String loading = "{\"type\": \"erythema:not-ready\", \"detail\": \"The network is loading\"}";
    ofVersion("0.1.0").at("/ready", 503, PROBLEM, loading);
    assertEquals(
        "The service at "
            + service.address()
            + " is not ready yet: its network is being loaded.\nTry again later",
        problem(NONE));
  }

  @Test
  void anotherVersionMayBeWhyARequestIsRefused() {
    ofVersion("0.0.9").at("/ready", 404, PROBLEM, "{\"detail\": \"There is no GET /ready\"}");
    String message = problem(NONE);
    assertTrue(message.contains("There is no GET /ready\nIts version is 0.0.9"), message);
  }

  @Test
  void aMissingTokenAndAWrongOneAreToldApart() {
    ofVersion("0.1.0")
        .at("/ready", 200, JSON, "{}")
        .at("/networks", 401, PROBLEM, "{\"type\": \"erythema:token\"}");
    String missing = problem(NONE);
    assertTrue(missing.contains(" asks for its token.\n"), missing);
    String wrong = problem(new Credentials("a-wrong-one", null));
    assertTrue(wrong.contains(" does not take this token: it is wrong"), wrong);
    assertTrue(!wrong.contains("a-wrong-one"), wrong);
  }

  @Test
  void anotherServiceThatSpeaksJsonIsNotOurs() {
    service.health("{\"service\": \"something else\"}");
    assertTrue(problem(NONE).contains(" is not the erythema service"));
  }

  @Test
  void aWebPageIsNotOurService() {
    service.at("/", 200, "text/html", "<html>hello");
    assertTrue(problem(NONE).contains(" is not the erythema service"));
  }

  @Test
  void nothingThereIsNoService() throws IOException {
    String address = Samples.deadAddress();
    NoService problem = assertThrows(NoService.class, () -> Diagnosis.of(address, NONE));
    assertTrue(problem.getMessage().contains("connection refused at port"));
  }
}
