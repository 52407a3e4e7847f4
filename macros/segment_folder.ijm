// Outlines the erythema in every photo of a folder. The folder of the results gets an ROI set and
// a picture for each photo, reactions.csv and photos.csv; photos done already are not done again.
//
// Asks for the two folders, unless they are given: "PHOTOS;RESULTS".

folders = split(getArgument(), ";");
if (folders.length == 0) {
    Dialog.create("Segment folder");
    Dialog.addDirectory("Photos", "");
    Dialog.addDirectory("Results", "");
    Dialog.show();
    folders = newArray(Dialog.getString(), Dialog.getString());
}
run("Segment folder...", "input=[" + folders[0] + "] output=[" + folders[1] + "] resume");
