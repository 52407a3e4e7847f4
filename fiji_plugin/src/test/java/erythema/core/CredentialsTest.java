package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {

  private static final String NANO = "https://nano:8765";
  private static final String PIN = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

  private static final String OTHER_PIN = PIN.replace('4', '5');
  private static final Credentials NONE = new Credentials(null, null);

  @TempDir Path folder;

  @AfterEach
  void forget() throws Problem {
    NONE.remember(NANO);
  }

  @Test
  void theyAreKeptForTheirAddressAndForNoOther() throws Problem {
    new Credentials("secret", PIN).remember(NANO);
    assertEquals("secret", Credentials.stored(NANO).token);
    assertEquals(PIN, Credentials.stored(NANO).pin);
    for (String other : new String[] {"https://nano:8766", "http://nano:8765", "https://nano"}) {
      assertNull(Credentials.stored(other).token, other);
      assertNull(Credentials.stored(other).pin, other);
    }
  }

  @Test
  void anEmptiedTokenIsForgotten() throws Problem {
    new Credentials("secret", PIN).remember(NANO);
    new Credentials("", PIN).remember(NANO);
    assertNull(Credentials.stored(NANO).token);
    assertEquals(PIN, Credentials.stored(NANO).pin);
  }

  @Test
  void aPastedTokenMayHaveLineEndsInIt() {
    assertEquals("secret", new Credentials(" sec\r\nret\n", null).token);
  }

  /** The token and the pin that an address gets. */
  private static String used(Credentials kept, Credentials environment, String service) {
    Credentials used = kept.with(environment, service, NANO);
    return used.token + " " + used.pin;
  }

  @Test
  void eachOfTheEnvironmentComesFirstAtTheAddressOfTheEnvironment() {
    Credentials kept = new Credentials("kept", PIN);
    Credentials environment = new Credentials("environment", null);
    assertEquals("environment " + PIN, used(kept, environment, NANO + "/"));
  }

  @Test
  void theTokenOfTheEnvironmentGoesToNoOtherAddress() {
    Credentials environment = new Credentials("environment", PIN);
    for (String service : new String[] {"https://other:8765", "http://nano:8765", "no address"}) {
      assertEquals("null null", used(NONE, environment, service), service);
    }
  }

  @Test
  void whereTheEnvironmentNamesNoAddressItsPinSaysWhoGetsTheToken() {
    assertEquals("environment " + PIN, used(NONE, new Credentials("environment", PIN), null));
    assertEquals("environment " + PIN, used(NONE, new Credentials("environment", PIN), " "));
    assertEquals("null null", used(NONE, new Credentials("environment", null), null));
  }

  @Test
  void whatIsKeptComesFirstWhereTheEnvironmentNamesNoAddress() {
    Credentials environment = new Credentials("environment", OTHER_PIN);
    assertEquals("kept null", used(new Credentials("kept", null), environment, null));
    assertEquals("null " + PIN, used(new Credentials(null, PIN), environment, null));
  }

  @Test
  void aTokenForAnUnprotectedAddressIsRefusedAndNotRepeated() {
    Problem problem =
        assertThrows(
            Problem.class, () -> new Credentials("secret", null).remember("http://nano:8765"));
    assertEquals(
        "A token is sent over https alone, and the service is http://nano:8765.\n"
            + "Write https:// in its address, or leave the token empty",
        problem.getMessage());
    assertNull(Credentials.stored("http://nano:8765").token);
  }

  @Test
  void aPinForAnAddressWithoutACertificateIsRefused() {
    Problem problem =
        assertThrows(Problem.class, () -> new Credentials(null, PIN).check("http://nano:8765"));
    assertEquals(
        "A service without https has no certificate, and the service is http://nano:8765.\n"
            + "Write https:// in its address, or leave the pin empty",
        problem.getMessage());
  }

  @Test
  void whatIsNoPinIsRefused() {
    for (String text : new String[] {"47DEQ", "sha256//AAAA", PIN + "="}) {
      Problem problem =
          assertThrows(Problem.class, () -> new Credentials(null, text).check(NANO), text);
      assertTrue(problem.getMessage().startsWith(text + " is not the pin of a certificate"));
    }
  }

  @Test
  void noOtherUserMayReadThePreferences() throws Exception {
    Path file = Files.write(folder.resolve("IJ_Prefs.txt"), new byte[] {1});
    Assumptions.assumeTrue(Files.getFileStore(file).supportsFileAttributeView("posix"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Preferences.makePrivate(file.toFile());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(1, Files.size(file));
  }
}
