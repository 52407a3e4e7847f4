// Compares the outlines of two readers, photo by photo: one table with the Dice coefficients, and
// their mean in the Log window. Each reader's folder holds arm.zip for the photo arm.jpg.
//
// Asks for the folders and the table, unless they are given: "PHOTOS;READER;READER;TABLE.csv".

paths = split(getArgument(), ";");
if (paths.length == 0) {
    Dialog.create("Compare readers");
    Dialog.addDirectory("Photos", "");
    Dialog.addDirectory("Reader 1", "");
    Dialog.addDirectory("Reader 2", "");
    Dialog.addFile("Table", "readers.csv");
    Dialog.show();
    paths = newArray(Dialog.getString(), Dialog.getString(), Dialog.getString(), Dialog.getString());
}
if (isOpen("Results")) Table.rename("Results", "Earlier results");
setBatchMode(true); // no windows on the way: faster
compared = 0;
sum = 0;
photos = getFileList(paths[0]);
for (i = 0; i < photos.length; i++) {
    name = File.getNameWithoutExtension(photos[i]);
    first = paths[1] + "/" + name + ".zip";
    second = paths[2] + "/" + name + ".zip";
    if (File.exists(first) && File.exists(second)) {
        open(paths[0] + "/" + photos[i]);
        sum += parseFloat(call("erythema.Compare.run", "found=[" + first + "] drawn=[" + second + "]"));
        compared++;
        close();
    } else if (File.exists(first) || File.exists(second)) {
        print(photos[i] + " has outlines of one reader only");
    }
}
if (compared == 0) exit("No photo has outlines of both readers.");
updateResults();
Table.save(paths[3]);
print("mean Dice of " + compared + " photos: " + sum / compared);
