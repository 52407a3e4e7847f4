package erythema.core;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The photos of a data set's folder, in the order in which a reader is shown them. */
public final class PhotoQueue {

  private static final String FILE = "queue.json";

  /** Whether other readers' outlines and the photos' names are hidden. */
  public final boolean blind;

  /** Whether outlines that a network found come before the reader draws. */
  public final boolean drafts;

  /** A folder of ROI sets to show beside the photos, in the reader's one, or null. */
  public final String beside;

  private final List<String> ids = new ArrayList<>();
  private final Map<String, File> photos;

  /**
   * @param folder the photos' one
   * @param reader the reader's one, whose queue.json says the order: photos that it does not name
   *     come last, by name, but where it names outlines to show beside
   */
  public PhotoQueue(File folder, Path reader) throws Problem {
    photos = new TreeMap<>(PhotoFolder.photos(folder, false));
    String json = read(reader.resolve(FILE));
    blind = Json.isTrue(json, "blind");
    drafts = Json.isTrue(json, "drafts");
    beside = Json.string(json, "beside");
    for (String id : Json.strings(json, "photos")) {
      if (photos.containsKey(id) && !ids.contains(id)) {
        ids.add(id);
      }
    }
    if (beside == null) {
      photos.keySet().stream().filter(id -> !ids.contains(id)).forEach(ids::add);
    } else if (ids.isEmpty()) {
      throw new Problem(reader.resolve(FILE) + " names no photo here.\nRun erythema review again");
    }
  }

  private static String read(Path file) throws Problem {
    if (!Files.exists(file)) {
      return "{}";
    }
    try {
      String json = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
      if (json.startsWith("{") && json.endsWith("}")) {
        return json;
      }
    } catch (IOException unreadable) {
      // Told below, as for a file that is damaged.
    }
    throw new Problem(
        file
            + " is no queue, so nobody knows whether the reader is to be blind.\n"
            + "Make it anew with erythema annotate, or remove it");
  }

  public int size() {
    return ids.size();
  }

  /** The name of a photo's ROI set, without its ending. */
  public String id(int index) {
    return ids.get(index);
  }

  public File photo(int index) {
    return photos.get(id(index));
  }
}
