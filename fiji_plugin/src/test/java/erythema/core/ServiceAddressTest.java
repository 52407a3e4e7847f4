package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.Problem.NoService;
import ij.Prefs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceAddressTest {

  @AfterEach
  void forget() {
    ServiceAddress.remember(null);
  }

  @Test
  void atFirstTheServiceIsOnThisComputer() throws Problem {
    assertEquals("http://127.0.0.1:8765", ServiceAddress.find(null));
  }

  @Test
  void theRememberedAddressIsFound() throws Problem {
    Prefs.set("erythema.service", "http://nano:8765");
    assertEquals("http://nano:8765", ServiceAddress.find(null));
  }

  @Test
  void aGivenAddressComesBeforeTheRememberedOne() throws Problem {
    Prefs.set("erythema.service", "http://nano:8765");
    assertEquals("http://127.0.0.1:1", ServiceAddress.find("http://127.0.0.1:1"));
  }

  @Test
  void whatIsChosenIsAskedFromThenOn() throws Problem {
    ServiceAddress.remember("http://nano:8765");
    assertEquals("http://nano:8765", ServiceAddress.find(null));
    assertEquals("http://nano:8765", Prefs.get("erythema.service", null));
  }

  @Test
  void aRememberedTextThatIsNoAddressCanBeMended() {
    Prefs.set("erythema.service", "http:/nano");
    Problem problem = assertThrows(NoService.class, () -> ServiceAddress.find(null));
    assertTrue(problem.getMessage().startsWith("erythema.service=http:/nano is not an address"));
    assertEquals("http:/nano", ServiceAddress.text(null));
  }

  @Test
  void theOneThatImageJRunsIsNoAddressOfAComputer() throws Problem {
    assertEquals("local", ServiceAddress.check("service", " Local"));
    assertEquals("http://local", ServiceAddress.check("service", "http://local"));
  }

  @Test
  void schemeMayBeLeftOut() throws Problem {
    assertEquals("http://nano.local:8765", ServiceAddress.check("service", " nano.local:8765/ "));
  }

  @Test
  void schemeMayBeInCapitals() throws Problem {
    assertEquals("http://nano:8765", ServiceAddress.check("service", "HTTP://nano:8765"));
  }

  private static String problem(String text) {
    return assertThrows(Problem.class, () -> ServiceAddress.check("service", text)).getMessage();
  }

  @Test
  void aPathIsRefused() {
    assertEquals(
        "service=http://nano:8765/segment has a path.\n"
            + "Give the address without a path: http://nano:8765",
        problem("http://nano:8765/segment"));
  }

  @Test
  void aPasswordIsRefusedAndNotRepeated() {
    assertEquals(
        "service= has a name or a password, which ImageJ would record.\nGive it without",
        problem("user:secret@nano:8765"));
  }

  @Test
  void aMistypedSchemeIsNoComputer() {
    assertTrue(problem("http:/127.0.0.1:8765").contains("http:/127.0.0.1:8765 is not an address"));
    assertTrue(problem("http//127.0.0.1:8765").contains("http//127.0.0.1:8765 is not an address"));
  }

  @Test
  void aPortIsAtMost65535() throws Problem {
    assertEquals("http://nano:65535", ServiceAddress.check("service", "nano:65535"));
    for (String text : new String[] {"nano:65536", "nano:0"}) {
      Problem problem =
          assertThrows(Problem.class, () -> ServiceAddress.check("service", text), text);
      assertTrue(problem.getMessage().startsWith("service=" + text + " is not"));
    }
  }

  @Test
  void whatIsNoAddressIsNamedWithItsKey() {
    for (String text :
        new String[] {"", "htp://x:1", "http://", "http://a b:1", "http://x:1?y=2"}) {
      Problem problem =
          assertThrows(Problem.class, () -> ServiceAddress.check("service", text), text);
      assertTrue(problem.getMessage().startsWith("service=" + text + " is not"));
    }
  }
}
