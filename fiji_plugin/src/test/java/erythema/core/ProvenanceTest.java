package erythema.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Outlines that the service wrote, and what people do with them. */
class ProvenanceTest {

  private Roi between;
  private Roi onCorners;

  @BeforeEach
  void read() throws IOException {
    Roi[] rois = RoiSet.decode(Base64.getDecoder().decode(WRITTEN_BY_THE_SERVICE));
    between = rois[0];
    onCorners = rois[1];
  }

  @Test
  void anOutlineOfTheServiceIsOursAndUnedited() {
    assertTrue(Provenance.isOurs(between));
    assertTrue(Provenance.isUnedited(between));
    assertTrue(Provenance.isUnedited(onCorners));
  }

  @Test
  void theDigestIsThatOfTheService() {
    assertEquals(
        "1541d0bb8a12a5f9de6987c2651c8fb9337888734dd7e69d633dce36499a6fe3",
        Provenance.digest(between));
    assertEquals(
        "f1194b819e219cdab01a8168e0f36b19cc11ff61340ca15d015f97bfc381f344",
        Provenance.digest(onCorners));
  }

  @Test
  void anOutlineThatAPersonDrewIsNotOurs() {
    assertFalse(Provenance.isOurs(new Roi(0, 0, 5, 5)));
    assertFalse(Provenance.isUnedited(new Roi(0, 0, 5, 5)));
  }

  @Test
  void aDraggedCornerIsAnEdit() {
    float[] x = {10.5f, 30.25f, 12.0625f};
    float[] y = {20.0625f, 21, 44.9375f};
    assertTrue(Provenance.isUnedited(like(between, x, y)));
    x[1] += 1;
    assertFalse(Provenance.isUnedited(like(between, x, y)));
  }

  private static Roi like(Roi roi, float[] x, float[] y) {
    Roi copy = new PolygonRoi(x.clone(), y.clone(), Roi.POLYGON);
    copy.copyAttributes(roi);
    copy.setProperties(roi.getProperties());
    return copy;
  }

  @Test
  void movingIsAnEdit() {
    between.setLocation(11, 20);
    onCorners.setLocation(6, 6);
    assertFalse(Provenance.isUnedited(between));
    assertFalse(Provenance.isUnedited(onCorners));
  }

  @Test
  void aFittedSplineIsAnEdit() {
    ((PolygonRoi) between).fitSpline();
    assertFalse(Provenance.isUnedited(between));
  }

  @Test
  void anotherNameIsNoEdit() {
    between.setName("birch");
    between.setPosition(3);
    assertTrue(Provenance.isUnedited(between));
  }

  @Test
  void aSealedOutlineIsUneditedAsItIs() {
    onCorners.setLocation(6, 6);
    Provenance.seal(onCorners);
    assertTrue(Provenance.isUnedited(onCorners));
  }

  @Test
  void anOutlineStaysUneditedInAFile() throws IOException {
    Roi[] saved = RoiSet.decode(RoiSet.encode(new Roi[] {between, onCorners}));
    assertTrue(Provenance.isUnedited(saved[0]));
    assertTrue(Provenance.isUnedited(saved[1]));
  }

  /**
   * The ROI set that {@code rois_to_zip} makes of the corners (10.5, 20.0625), (30.25, 21),
   * (12.0625, 44.9375) and of (5, 6), (25, 6), (25, 30).
   */
  private static final String WRITTEN_BY_THE_SERVICE =
      "UEsDBBQAAAAIAAAAIQBL2s7RwwAAAIoBAAAOAAAAZXJ5dGhlbWEgMS5yb2mFjrsNwlAMRQ/Qpaagg5IGRAj5"
          + "0YWOMRJe+EhEkQgUdBmFgoIRKNmFDZiAm4gCiUg8y/b1sf3kZX468gS6WIzo0+HfK7+0qTfbii160RCilzyS"
          + "X0qiGyycR9MfV7nVwO/y3Q9NOXDmyFYqI2aA/cPGumXHRlUhOq9nXGaKhgmJLNCUzVTRZU0onuIpB/isxD1x"
          + "WypQNxF3ZL6qoJ5w9JeR+Z8to1hNGG2kyp76oSyWWtfEarixIOckWu1UN2aqqzv2WG9QSwMEFAAAAAgAAAAh"
          + "AABn6cutAAAAcgEAAA4AAABlcnl0aGVtYSAyLnJvaZWPTQ6CQAyFX2J0wdqFbownMCiIPzcw8RIDzKiJhERg"
          + "4R08hHfzIn4zcQcb23T6+vradE511+ojaaKxFpprpH/sTExxb7OB/ouIBvg3ceuxVg891eoKqmS01KbHrVQy"
          + "eaFqYI9onNb4Qaly7QOyzPlcoDWwMZUJvYzXUjsl4PynKsIGh2fkhE0xnAFv2RCH7FDumHB0krDLBWXK//o3"
          + "NqrVwRYw/saKugTfFX0BUEsBAhQDFAAAAAgAAAAhAEvaztHDAAAAigEAAA4AAAAAAAAAAAAAAIABAAAAAGVy"
          + "eXRoZW1hIDEucm9pUEsBAhQDFAAAAAgAAAAhAABn6cutAAAAcgEAAA4AAAAAAAAAAAAAAIAB7wAAAGVyeXRo"
          + "ZW1hIDIucm9pUEsFBgAAAAACAAIAeAAAAMgBAAAAAA==";
}
