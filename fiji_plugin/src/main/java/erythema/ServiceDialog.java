package erythema;

import erythema.core.Credentials;
import erythema.core.Diagnosis;
import erythema.core.LocalService;
import erythema.core.Problem;
import erythema.core.Problem.Canceled;
import erythema.core.PythonInstallation;
import erythema.core.ServiceAddress;
import ij.gui.GenericDialog;
import java.awt.BorderLayout;
import java.awt.Button;
import java.awt.FlowLayout;
import java.awt.Panel;
import java.awt.TextArea;
import java.awt.TextField;
import java.util.List;

/** Asks where the service is: "Erythema service...", or any command that finds none. */
final class ServiceDialog {

  private static final int COLUMNS = 45;
  private static final int ROWS = 6;

  private static final String HINT =
      "Service: http://HOST:PORT, https://HOST:PORT (then with token and pin), or local for one that"
          + " ImageJ starts itself.\nPython: the folder of the installation that has erythema;"
          + " empty: it is searched for.";

  private static final Credentials NONE = new Credentials(null, null);

  private final GenericDialog dialog = new GenericDialog("Erythema service");
  private final TextField service;
  private final TextField token;
  private final TextField pin;
  private final TextField python;
  private final Button test = new Button("Test connection");
  private final Button start = new Button("Start local service");
  private final TextArea said =
      new TextArea("", ROWS, COLUMNS + 20, TextArea.SCROLLBARS_VERTICAL_ONLY);
  private Credentials shown = NONE;

  private ServiceDialog(String address, String message) {
    dialog.addStringField("Service:", address, COLUMNS);
    dialog.setEchoChar('*');
    dialog.addStringField("Token:", "", COLUMNS);
    dialog.addStringField("Certificate pin:", "", COLUMNS);
    dialog.addDirectoryField("Python:", PythonInstallation.setting(), COLUMNS);
    service = field(0);
    token = field(1);
    pin = field(2);
    python = field(3);
    showStored();
    dialog.addPanel(buttonsAndAnswer());
    dialog.addHelp(Manual.html());
    service.addTextListener(event -> showStored());
    test.addActionListener(event -> work("Testing ...", this::test));
    start.addActionListener(event -> work("Starting, which takes some seconds ...", this::start));
    said.setText(message);
  }

  /**
   * Asks the person, as often as what is typed cannot be, and keeps what was chosen.
   *
   * @param given the address to start with, or null for the known one
   * @param message what a person has to know first
   * @return the address
   */
  static String ask(String given, String message) throws Canceled {
    ServiceDialog dialog = new ServiceDialog(ServiceAddress.text(given), message);
    while (true) {
      dialog.show();
      try {
        return dialog.keep();
      } catch (Problem problem) {
        dialog = dialog.again(problem.getMessage());
      }
    }
  }

  private void show() throws Canceled {
    dialog.showDialog();
    if (dialog.wasCanceled()) {
      throw new Canceled();
    }
  }

  private String keep() throws Problem {
    String address = address();
    new Credentials(token.getText(), pin.getText()).remember(address);
    PythonInstallation.remember(python.getText());
    ServiceAddress.remember(address);
    return address;
  }

  /** A new one with the same in its fields: ImageJ shows no dialog twice. */
  private ServiceDialog again(String message) {
    ServiceDialog again = new ServiceDialog(service.getText(), message);
    again.token.setText(token.getText());
    again.pin.setText(pin.getText());
    again.python.setText(python.getText());
    return again;
  }

  private TextField field(int index) {
    List<?> fields = dialog.getStringFields();
    return (TextField) fields.get(index);
  }

  private Panel buttonsAndAnswer() {
    Panel buttons = new Panel(new FlowLayout(FlowLayout.LEFT, 5, 0));
    buttons.add(test);
    buttons.add(start);
    said.setEditable(false);
    Panel panel = new Panel(new BorderLayout(0, 5));
    panel.add(buttons, BorderLayout.NORTH);
    panel.add(said, BorderLayout.CENTER);
    return panel;
  }

  /** Token and pin of one address must not go to the next one that is typed. */
  private void showStored() {
    Credentials before = shown;
    shown = storedForTyped();
    replace(token, before.token, shown.token);
    replace(pin, before.pin, shown.pin);
  }

  private Credentials storedForTyped() {
    try {
      return Credentials.stored(address());
    } catch (Problem unfinished) {
      return NONE;
    }
  }

  /** What a person typed stays. */
  private static void replace(TextField field, String before, String after) {
    if (field.getText().equals(text(before))) {
      field.setText(text(after));
    }
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private String address() throws Problem {
    return ServiceAddress.check("Service", service.getText());
  }

  private interface Work {
    String run() throws Problem;
  }

  private void work(String now, Work work) {
    enable(false);
    said.setText(now);
    Thread thread =
        new Thread(
            () -> {
              said.setText(outcome(work));
              enable(true);
            },
            "Erythema service test");
    thread.setDaemon(true);
    thread.start();
  }

  private static String outcome(Work work) {
    try {
      return work.run();
    } catch (Problem problem) {
      return problem.getMessage();
    }
  }

  private void enable(boolean on) {
    test.setEnabled(on);
    start.setEnabled(on);
  }

  private String test() throws Problem {
    String address = address();
    Credentials typed = new Credentials(token.getText(), pin.getText());
    typed.check(address);
    return Diagnosis.of(address, typed.withEnvironment(address)).text();
  }

  private String start() throws Problem {
    LocalService.start(python.getText());
    service.setText(ServiceAddress.LOCAL);
    return Diagnosis.of(ServiceAddress.LOCAL, NONE).text();
  }

  /** What the fields are for, and what comes before them. */
  static String hint() {
    String hint = HINT;
    if (System.getenv("ERYTHEMA_SERVICE") != null) {
      hint += "\nThe environment variable ERYTHEMA_SERVICE comes before the address that is kept.";
    }
    for (String name : new String[] {"ERYTHEMA_TOKEN", "ERYTHEMA_PIN"}) {
      if (System.getenv(name) != null) {
        hint += "\nThe environment variable " + name + " is set: Help says where it is used.";
      }
    }
    return hint;
  }
}
