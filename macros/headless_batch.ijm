// Outlines the erythema in every photo of a folder on a computer without a display. With ImageJ:
//     java -Djava.awt.headless=true -Dplugins.dir=IMAGEJ -jar IMAGEJ/ij.jar -batch headless_batch.ijm "PHOTOS;RESULTS"
// (IMAGEJ is the folder that holds ij.jar, and plugins/ with Erythema_.jar); with Fiji:
//     fiji --headless -macro headless_batch.ijm "PHOTOS;RESULTS"
// The service is the one that the environment variable ERYTHEMA_SERVICE names, with the token in
// ERYTHEMA_TOKEN; else the one on this computer.

folders = split(getArgument(), ";");
if (folders.length != 2) exit("Give two folders: \"PHOTOS;RESULTS\".");
photos = call("erythema.SegmentFolder.run", "input=[" + folders[0] + "] output=[" + folders[1] + "] resume");
print(photos + " photos segmented; the outlines are in " + folders[1]);
