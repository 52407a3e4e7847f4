package erythema;

import java.awt.Component;
import java.awt.KeyEventDispatcher;
import java.awt.KeyboardFocusManager;
import java.awt.TextComponent;
import java.awt.Window;
import java.awt.event.KeyEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import javax.swing.SwingUtilities;
import javax.swing.text.JTextComponent;

/**
 * Keys of a session in its own windows. ImageJ gets no letter there: one beside the right one would
 * close the photo (W) or open something over it.
 */
final class AnnotateKeys implements KeyEventDispatcher {

  private static final int REPETITION_MS = 600; // the first one comes after some 500
  private static final int RELEASE_MS = 40;

  private final Map<Integer, Runnable> actions;
  private final Predicate<Window> isOurs;
  private final Map<Integer, Long> heldUntil = new HashMap<>();
  private boolean taken; // the last key that was pressed

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
      return taken;
    }
    Runnable action = actions.get(e.getKeyCode());
    if (action == null) {
      boolean letter = e.getKeyCode() >= KeyEvent.VK_A && e.getKeyCode() <= KeyEvent.VK_Z;
      taken = letter || taken && e.getID() != KeyEvent.KEY_PRESSED;
      return letter;
    }
    taken = true;
    if (e.getID() == KeyEvent.KEY_RELEASED) {
      heldUntil.put(e.getKeyCode(), e.getWhen() + RELEASE_MS);
    } else if (!isRepeated(e)) {
      action.run();
    }
    return true;
  }

  /**
   * Whether a key is held. It acts once, or it would run through photo after photo. Some systems
   * tell of a release before each repetition; of a real one they may not, where a window closed.
   */
  private boolean isRepeated(KeyEvent e) {
    Long held = heldUntil.put(e.getKeyCode(), e.getWhen() + REPETITION_MS);
    return held != null && e.getWhen() < held;
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
