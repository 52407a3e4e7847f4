package erythema;

import erythema.core.LatestWriter;
import erythema.core.Problem;
import ij.gui.GUI;
import java.awt.Dimension;
import java.awt.GridLayout;
import java.awt.Rectangle;
import java.awt.Window;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.util.HashMap;
import java.util.Map;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JCheckBox;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;

/** The window that says where a reader is in a folder, and what can be done. */
final class AnnotatePanel extends JFrame implements LatestWriter.Listener {

  /** What a reader can do, by button or key. */
  enum Action {
    NEXT("Next (N)", KeyEvent.VK_N),
    BACK("Back (B)", KeyEvent.VK_B),
    SKIP("Skip (K)", KeyEvent.VK_K),
    NO_ERYTHEMA("No erythema (E)", KeyEvent.VK_E),
    UNUSABLE("Unusable... (U)", KeyEvent.VK_U),
    NAME_SITE("Name site... (R)", KeyEvent.VK_R),
    DELETE("Delete outline (Del)", KeyEvent.VK_DELETE, KeyEvent.VK_BACK_SPACE),
    UNDO("Undo (Z)", KeyEvent.VK_Z),
    ADD("", KeyEvent.VK_T),
    STOP("", KeyEvent.VK_ESCAPE);

    final String label;
    final int[] keys;

    Action(String label, int... keys) {
      this.label = label;
      this.keys = keys;
    }
  }

  private static final int WIDTH = 240;
  private static final String HINT =
      "<html>New outline: click corner after corner, and the first one again. To change one: click"
          + " on its number, drag its corners.</html>";

  private final JLabel place = new JLabel();
  private final JLabel name = new JLabel();
  private final JLabel state = new JLabel();
  private final JLabel saved = new JLabel();
  private final JLabel message = new JLabel();
  private final JCheckBox others = new JCheckBox("Other readers' outlines");
  private final AnnotateKeys keys;
  private PhotoVisit visit;

  AnnotatePanel(AnnotateSession session) {
    super("Annotate folder: " + session.reader.path.getFileName());
    setName("Erythema annotate");
    JPanel rows = new JPanel(new GridLayout(0, 1, 4, 4));
    rows.setBorder(BorderFactory.createEmptyBorder(8, 8, 8, 8));
    for (JLabel label : new JLabel[] {place, name, state, saved}) {
      rows.add(label);
    }
    Map<Integer, Runnable> byKey = new HashMap<>();
    for (Action action : Action.values()) {
      addAction(action, rows, byKey);
    }
    if (!session.queue.blind) {
      others.setFocusable(false);
      others.addActionListener(e -> visit.showOthers());
      rows.add(others);
    }
    JPanel texts = new JPanel(new GridLayout(2, 1, 4, 4));
    texts.setBorder(rows.getBorder());
    texts.add(message);
    texts.add(new JLabel(HINT));
    texts.setPreferredSize(new Dimension(WIDTH, WIDTH));
    add(rows, "Center");
    add(texts, "South");
    addWindowListener(
        new WindowAdapter() {
          @Override
          public void windowClosing(WindowEvent e) {
            session.steps.add(AnnotateSession.Step.CLOSE);
          }
        });
    setDefaultCloseOperation(DO_NOTHING_ON_CLOSE); // the session closes it
    pack();
    keys = new AnnotateKeys(byKey, window -> window == this || visit.isWindow(window));
  }

  private void addAction(Action action, JPanel rows, Map<Integer, Runnable> byKey) {
    Runnable run = () -> visit.act(action);
    for (int key : action.keys) {
      byKey.put(key, run);
    }
    if (!action.label.isEmpty()) {
      JButton button = new JButton(action.label);
      button.setFocusable(false); // the keys stay with the photo
      button.addActionListener(e -> run.run());
      rows.add(button);
    }
  }

  void show(PhotoVisit shown, int number, int all, String file) {
    visit = shown;
    place.setText("Photo " + number + " of " + all);
    name.setText(file);
    saved.setText(" ");
    tell(" ");
    setVisible(true);
  }

  boolean showsOthers() {
    return others.isSelected();
  }

  void tellState(String text) {
    state.setText(text);
  }

  /** Shows a message until the next one. */
  void tell(String text) {
    message.setText(
        "<html>" + text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>"));
  }

  @Override
  public void writing() {
    saved.setText("saving");
  }

  @Override
  public void written(Problem problem) {
    saved.setText(problem == null ? "saved" : "not saved");
    if (problem != null) {
      tell(problem.getMessage());
    }
  }

  /** Asks for a line of text; null where the person cancels. */
  String ask(String question, String initial) {
    return (String)
        JOptionPane.showInputDialog(
            this, question, getTitle(), JOptionPane.PLAIN_MESSAGE, null, null, initial);
  }

  /**
   * Puts itself to the right, the ROI Manager below, ImageJ to the left where it would be covered,
   * and gives the room that is left.
   */
  Rectangle arrange(Window manager, Window imagej) {
    Rectangle screen = GUI.getMaxWindowBounds(this);
    int right = screen.x + screen.width;
    setLocation(right - getWidth(), screen.y);
    int left = right - getWidth();
    if (manager != null) {
      int below = screen.y + getHeight();
      int lowest = screen.y + screen.height - manager.getHeight();
      manager.setLocation(right - manager.getWidth(), Math.max(screen.y, Math.min(below, lowest)));
      left = Math.min(left, manager.getX());
    }
    if (imagej.getBounds().intersects(getBounds())) {
      imagej.setLocation(screen.x, imagej.getY());
    }
    int top = screen.y;
    int toolbar = imagej.getY() + imagej.getHeight();
    if (toolbar < screen.y + screen.height / 4) {
      top = Math.max(top, toolbar);
    }
    return new Rectangle(screen.x, top, left - screen.x, screen.y + screen.height - top);
  }

  void end() {
    keys.end();
    dispose();
  }
}
