package erythema;

import erythema.core.Correction;
import erythema.core.Options;
import erythema.core.Photo;
import erythema.core.Problem;
import erythema.core.ServiceAddress;
import ij.ImagePlus;
import ij.gui.GenericDialog;

/** Plugins > Erythema > Send correction: photo and outlines to the service's store. */
public class SendCorrection extends Command {

  public SendCorrection() {
    super("Send correction", Send.KEYS);
  }

  @Override
  void ask(ImagePlus image, Options options, Requests service) throws Problem {
    Photo.whole(Outlines.check(image)); // what is no photo needs no dialog
    String address = service.ask(SendCorrection::keeping);
    boolean before = Correction.isAgreed(address);
    GenericDialog dialog = new GenericDialog("Send correction");
    dialog.addMessage(
        "To the service "
            + (address.equals(ServiceAddress.LOCAL) ? "on this computer" : address)
            + " go\n"
            + "- the pixels of this photo, without its file's name and whatever else the file holds,\n"
            + "- its outlines with their names: let these be sites, never persons' names,\n"
            + "- what stands in the three fields below.\n"
            + "It keeps them until somebody deletes them there; networks may learn from them.\n"
            + "Your tick is kept for this service; take it away to withdraw.");
    ReadingFields.add(dialog);
    dialog.addCheckbox("I agree that photos and outlines are sent there", before);
    ReadingFields.show(dialog);
    boolean agreed = dialog.getNextBoolean();
    Correction.setAgreed(address, agreed);
    if (!agreed) {
      throw new Problem(
          before
              ? "Your agreement for "
                  + address
                  + " has ended, and nothing was sent.\nWhat was sent"
                  + " earlier stays there until somebody deletes it"
              : "Nothing was sent to " + address + ".\nTick that you agree to it first");
    }
    ReadingFields.read(dialog, options);
  }

  private static String keeping(String address) throws Problem {
    if (!Correction.isAgreed(address)) { // else the dialog is the way to withdraw
      Correction.checkKept(address);
    }
    return address;
  }

  @Override
  void run(ImagePlus image, Options options, Requests service) throws Problem {
    service.ask(address -> Send.run(image, options, address));
  }
}
