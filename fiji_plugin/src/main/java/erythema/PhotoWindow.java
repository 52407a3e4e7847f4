package erythema;

import erythema.core.OtherReaders;
import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.ImageWindow;
import ij.gui.Roi;
import ij.gui.Toolbar;
import java.awt.Component;
import java.awt.Dialog;
import java.awt.EventQueue;
import java.awt.KeyboardFocusManager;
import java.awt.Rectangle;
import java.awt.Window;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.swing.Timer;

/** The photo's window, and where asked for a second one to compare with. */
final class PhotoWindow {

  private static final int LOOK_MS = 250; // for what is done in the ROI Manager
  private static final List<Integer> AREA_TOOLS =
      Arrays.asList(
          Toolbar.POLYGON, Toolbar.FREEROI, Toolbar.OVAL, Toolbar.RECTANGLE, Toolbar.WAND);

  private final List<ImageWindow> windows = new ArrayList<>();
  private final Timer timer;
  private boolean pressed;
  private int triesForKeys = 8; // in the first two seconds

  /**
   * @param image shown already; null where it cannot be opened
   * @param name whose outlines the second window shows
   * @param beside these outlines; null for no second window
   * @param look what to do where the person may have changed something
   */
  PhotoWindow(ImagePlus image, String name, List<Roi> beside, Runnable look) {
    timer =
        new Timer(
            LOOK_MS,
            e -> {
              takeKeys();
              if (!pressed) {
                look.run();
              }
            });
    if (image != null) {
      if (beside != null) {
        ImagePlus second = new ImagePlus(name + ": " + image.getTitle(), image.getProcessor());
        OtherReaders.draw(second, beside);
        second.show();
        windows.add(second.getWindow());
      }
      windows.add(0, image.getWindow());
      image.getCanvas().addMouseListener(watch(look));
    }
    timer.start();
  }

  private MouseAdapter watch(Runnable look) {
    return new MouseAdapter() {

      @Override
      public void mousePressed(MouseEvent e) {
        pressed = true;
      }

      @Override
      public void mouseReleased(MouseEvent e) {
        pressed = false;
        EventQueue.invokeLater(look); // after ImageJ
      }
    };
  }

  /** Fits the windows to the room beside the others, and takes a tool to draw with. */
  void arrange(AnnotatePanel panel, Manager manager) {
    Rectangle room = panel.arrange(manager == null ? null : manager.window(), IJ.getInstance());
    for (int i = windows.size(); i-- > 0; ) {
      int width = room.width / windows.size();
      ImageWindow window = windows.get(i);
      window.setLocationAndSize(room.x + i * width, room.y, width, room.height);
      window.toFront();
      WindowManager.setCurrentWindow(window);
      window.getCanvas().requestFocus();
    }
    if (!AREA_TOOLS.contains(Toolbar.getToolId())) {
      IJ.setTool(Toolbar.POLYGON);
    }
  }

  /** Other windows that open with it get the keys after it, on some desktops. */
  private void takeKeys() {
    if (triesForKeys > 0 && !windows.isEmpty() && !isClosed()) {
      Component canvas = windows.get(0).getCanvas();
      Window focused = KeyboardFocusManager.getCurrentKeyboardFocusManager().getFocusedWindow();
      boolean done = canvas.isFocusOwner() || focused instanceof Dialog;
      triesForKeys = done ? 0 : triesForKeys - 1;
      if (!done) {
        canvas.requestFocus();
      }
    }
  }

  boolean isClosed() {
    return !windows.isEmpty() && windows.get(0).isClosed();
  }

  boolean has(Window window) {
    return windows.contains(window);
  }

  void close() {
    timer.stop();
    for (ImageWindow window : windows) {
      if (!window.isClosed()) {
        window.getImagePlus().changes = false; // the photo's file stays as it is
        window.close();
      }
    }
  }
}
