package erythema.core;

import ij.gui.Roi;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a reader made of the outlines of a draft: an outline keeps the digest that it was found
 * with, however it is changed.
 */
public final class DraftChanges {

  private int unchanged;
  private int corrected;
  private int removed;
  private int drawn;

  private DraftChanges() {}

  /**
   * @param draft the outlines that were found; none where there was no draft
   * @param outlines what the reader left
   */
  public static DraftChanges of(Roi[] draft, Roi[] outlines) {
    DraftChanges changes = new DraftChanges();
    List<String> left =
        Arrays.stream(draft)
            .map(Provenance::foundDigest)
            .collect(Collectors.toCollection(ArrayList::new));
    for (Roi outline : outlines) {
      if (!left.remove(Provenance.foundDigest(outline))) {
        changes.drawn++;
      } else if (Provenance.isUnedited(outline)) {
        changes.unchanged++;
      } else {
        changes.corrected++;
      }
    }
    changes.removed = left.size();
    return changes;
  }

  /** Whether any of some outlines comes from a draft. */
  public static boolean comesFrom(Roi[] draft, Roi[] outlines) {
    return of(draft, outlines).removed < draft.length;
  }

  /** The numbers of unchanged, corrected, removed and drawn ones. */
  List<String> cells() {
    return Arrays.asList("" + unchanged, "" + corrected, "" + removed, "" + drawn);
  }
}
