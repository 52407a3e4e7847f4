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

  @TempDir Path folder;

  @AfterEach
  void forget() throws Problem {
    new Credentials(null, null).remember(NANO);
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

  @Test
  void eachOfTheEnvironmentComesFirst() {
    Credentials stored = new Credentials("stored", PIN);
    Credentials used = stored.after(new Credentials("of the environment", ""));
    assertEquals("oftheenvironment", used.token);
    assertEquals(PIN, used.pin);
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
