package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import erythema.core.Problem.NoService;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The installation is found and started; small scripts stand in for the program erythema. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-ins are scripts for sh")
class LocalServiceTest {

  /** Says an address of its own, and ends with its standard input. */
  private static final String SERVING =
      "echo \"erythema service on http://127.0.0.1:$$\"; exec cat > /dev/null";

  @TempDir Path home;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void watch() {
    LocalService.showLogsIn(() -> log::add);
  }

  @AfterEach
  void stop() {
    LocalService.stop();
    PythonInstallation.remember("");
    LocalService.showLogsIn(() -> line -> {});
  }

  private File program(String folder, String script) throws Exception {
    Path program = home.resolve(folder).resolve("erythema");
    Files.createDirectories(program.getParent());
    Files.write(program, ("#!/bin/sh\n" + script + "\n").getBytes("UTF-8"));
    program.toFile().setExecutable(true);
    return program.toFile();
  }

  private File find(String setting, String path) throws NoService {
    return PythonInstallation.find(setting, path, Collections.singletonList(home.toFile()));
  }

  @Test
  void theSettingComesBeforePathAndPathBeforeTheUsualFolders() throws Exception {
    File usual = program("miniconda3/bin", "");
    File onPath = program("programs", "");
    File named = program("mine/bin", "");
    String path = "/no such folder" + File.pathSeparator + onPath.getParent();
    assertEquals(named, find(home.resolve("mine").toString(), path));
    assertEquals(onPath, find("", path));
    assertEquals(usual, find("", "/no such folder"));
  }

  @Test
  void theSettingMayBeTheProgramItself() throws Exception {
    File named = program("mine/bin", "");
    assertEquals(named, find(named.getPath(), ""));
  }

  @Test
  void environmentsOfCondaAndVenvAreFound() throws Exception {
    for (String folder :
        new String[] {
          "miniconda3",
          "anaconda3/envs/skin",
          "miniforge3/envs/a",
          "mambaforge",
          ".conda/envs/b",
          ".virtualenvs/c",
          "venv",
          ".venv",
          "erythema/.venv",
          ".local",
          ".pyenv/versions/3.12.1"
        }) {
      File program = program(folder + "/bin", "");
      assertEquals(program, find("", ""), folder);
      assertTrue(program.delete());
    }
  }

  @Test
  void anEnvironmentWithoutTheProgramIsPassedOver() throws Exception {
    Files.createDirectories(home.resolve("miniconda3/envs/a/bin"));
    File program = program("miniconda3/envs/b/bin", "");
    assertEquals(program, find("", ""));
  }

  @Test
  void whereThereIsNoneItSaysHowToInstallOne() {
    String message = assertThrows(NoService.class, () -> find("", "")).getMessage();
    assertTrue(message.startsWith("No Python installation with the program erythema"), message);
    assertTrue(message.contains("pip install"), message);
  }

  @Test
  void aSettingWithoutTheProgramIsNamed() {
    String message = assertThrows(NoService.class, () -> find("/no such", "")).getMessage();
    assertTrue(message.startsWith("/no such has no program erythema"), message);
  }

  @Test
  void itIsStartedOnceAndItsLogTold() throws Exception {
    File program = program("mine/bin", "echo loading >&2; " + SERVING);
    PythonInstallation.remember(program.getPath());
    String address = LocalService.address();
    assertTrue(address.matches("http://127.0.0.1:[0-9]+"), address);
    assertEquals(address, LocalService.address());
    assertEquals("Starting " + program, log.get(0));
    assertEquals("loading", log.get(1));
  }

  @Test
  void anotherInstallationTakesItsPlace() throws Exception {
    PythonInstallation.remember(program("mine/bin", SERVING).getPath());
    String first = LocalService.address();
    LocalService.start(program("other/bin", SERVING).getPath());
    assertNotEquals(first, LocalService.address());
  }

  @Test
  void anInstallationThatIsTriedIsNotRemembered() throws Exception {
    LocalService.start(program("other/bin", SERVING).getPath());
    assertEquals("", PythonInstallation.setting());
  }

  @Test
  void oneThatDiesAtItsStartIsToldWithItsLastWords() throws Exception {
    PythonInstallation.remember(
        program("mine/bin", "echo 'ModuleNotFoundError: numpy' >&2; exit 1").getPath());
    String message = assertThrows(NoService.class, LocalService::address).getMessage();
    assertTrue(message.startsWith("The service on this computer ended while it was"), message);
    assertTrue(message.contains("ModuleNotFoundError: numpy"), message);
  }

  @Test
  void oneThatEndedIsStartedAgain() throws Exception {
    PythonInstallation.remember(program("mine/bin", "exit 1").getPath());
    assertThrows(NoService.class, LocalService::address);
    program("mine/bin", SERVING);
    assertTrue(LocalService.address().startsWith("http://127.0.0.1:"));
  }

  @Test
  void aRequestToLocalGoesToIt() throws Exception {
    try (StandInService service =
        new StandInService().health("{\"service\": \"erythema\", \"version\": \"0.1.0\"}")) {
      String announcement = "echo \"erythema service on " + service.address() + "\"";
      PythonInstallation.remember(
          program("mine/bin", announcement + "; exec cat > /dev/null").getPath());
      assertFalse(LocalService.isRunning());
      Answer answer = new ServiceClient("local").get("/health", "a question");
      assertEquals("erythema", Json.string(answer.text(), "service"));
    }
  }
}
