// Outlines the erythema in the photo that is open, and prints the area of each outline.
//
// The service must run: Plugins > Erythema > Erythema service... starts it. To choose how the
// photo is segmented, start Plugins > Macros > Record..., segment a photo, and copy the line.

before = roiManager("count");
run("Segment erythema");
for (i = before; i < roiManager("count"); i++) {
    roiManager("select", i);
    print(Roi.getName, getValue("Area"));
}
