// Outlines the erythema in the photo that is open, and prints the area of each outline.
// Start the service first: erythema serve
run("Segment erythema", "service=http://127.0.0.1:8765");
for (i = 0; i < roiManager("count"); i++) {
    roiManager("select", i);
    print(Roi.getName, getValue("Area"));
}
