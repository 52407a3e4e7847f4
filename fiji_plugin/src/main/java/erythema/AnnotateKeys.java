package erythema;

import java.awt.Component;
import java.awt.KeyEventDispatcher;
import java.awt.KeyboardFocusManager;
import java.awt.TextComponent;
import java.awt.Window;
import java.awt.event.KeyEvent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.swing.SwingUtilities;
import javax.swing.text.JTextComponent;

/** Keys of a session, which ImageJ does not get, in the session's own windows. */
final class AnnotateKeys implements KeyEventDispatcher {

  private final Map<Integer, Runnable> actions;
  private final Predicate<Window> isOurs;
  private final Set<Integer> down = new HashSet<>();

  /**
   * @param actions by key code, for keys without Shift, Ctrl, Alt and Meta
   * @param isOurs whether the keys count in a window
   */
  AnnotateKeys(Map<Integer, Runnable> actions, Predicate<Window> isOurs) {
    this.actions = actions;
    this.isOurs = isOurs;
    KeyboardFocusManager.getCurrentKeyboardFocusManager().addKeyEventDispatcher(this);
  }

  void end() {
    KeyboardFocusManager.getCurrentKeyboardFocusManager().removeKeyEventDispatcher(this);
  }

  @Override
  public boolean dispatchKeyEvent(KeyEvent e) {
    if (!isForUs(e)) {
      return false;
    }
    if (e.getID() == KeyEvent.KEY_TYPED) {
      return !down.isEmpty();
    }
    int key = e.getKeyCode();
    Runnable action = actions.get(key);
    if (action == null) {
      return false;
    }
    if (e.getID() == KeyEvent.KEY_RELEASED) {
      return down.remove(key);
    }
    if (down.add(key)) { // a key that is held acts once
      action.run();
    }
    return true;
  }

  private boolean isForUs(KeyEvent e) {
    Component component = e.getComponent();
    boolean text = component instanceof TextComponent || component instanceof JTextComponent;
    Window window =
        component instanceof Window
            ? (Window) component
            : SwingUtilities.getWindowAncestor(component);
    return !text && e.getModifiersEx() == 0 && window != null && isOurs.test(window);
  }
}
