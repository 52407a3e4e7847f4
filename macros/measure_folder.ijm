// Measures the outlines of every photo in a folder: one table, saved as measurements.csv beside
// the outlines. The outlines of arm.jpg are those in arm.zip, as Segment folder... saves them and
// as you corrected them.
//
// Asks for the two folders, unless they are given: "PHOTOS;OUTLINES".

folders = split(getArgument(), ";");
if (folders.length == 0) {
    Dialog.create("Measure folder");
    Dialog.addDirectory("Photos", "");
    Dialog.addDirectory("Outlines", "");
    Dialog.show();
    folders = newArray(Dialog.getString(), Dialog.getString());
}
if (isOpen("Results")) Table.rename("Results", "Earlier results");
setBatchMode(true); // no windows on the way: faster
photos = getFileList(folders[0]);
for (i = 0; i < photos.length; i++) {
    outlines = folders[1] + "/" + File.getNameWithoutExtension(photos[i]) + ".zip";
    if (File.exists(outlines) && !endsWith(photos[i], ".zip")) {
        open(folders[0] + "/" + photos[i]);
        // For millimetres: run("Set Scale...", "distance=25 known=1 unit=mm");
        call("erythema.Measure.run", "rois=[" + outlines + "]");
        close();
    }
}
if (nResults == 0) exit("No photo has outlines in " + folders[1]);
updateResults();
Table.save(folders[1] + "/measurements.csv");
