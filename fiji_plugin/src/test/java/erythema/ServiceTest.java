package erythema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.ServiceAddress;
import erythema.core.StandInService;
import ij.Prefs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** call("erythema.Service.run", ...) in headless ImageJ, with a stand-in for the service. */
class ServiceTest {

  private static final String JSON = "application/json";

  @AfterEach
  void forget() {
    ServiceAddress.remember(null);
    Prefs.set("erythema.fingerprint", null);
  }

  @Test
  void itGivesTheNetworkAndLogsWhatIsDoubtful() throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream log = new ByteArrayOutputStream(); // ImageJ's, where it is headless
    try (StandInService service =
        new StandInService()
            .health("{\"service\": \"erythema\", \"version\": \"0.1.0\"}")
            .at("/ready", 200, JSON, "{}")
            .at(
                "/networks",
                200,
                JSON,
                "[{\"name\": \"default\", \"version\": \"2\", \"fingerprint\": \"bb\","
                    + " \"threshold\": 0.5, \"smallest_area\": 0.01}]")) {
      Prefs.set("erythema.fingerprint", service.address() + " aa");
      System.setOut(new PrintStream(log, true));
      assertEquals("default 2", Service.run("service=" + service.address()));
    } finally {
      System.setOut(out);
    }
    assertTrue(log.toString().contains("Its network is another one"), log.toString());
  }
}
