package org.myonode.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.Uids;

/**
 * One study to send: copies of given images under UIDs of their own, so that it is new to every receiver.
 *
 * @param files Part 10 files
 * @param bytes of all files together
 */
record ImageSet(List<Path> files, long bytes) {

    ImageSet {
        files = List.copyOf(files);
    }

    /**
     * Writes one.
     *
     * @param sources images, taken again from the first when there are fewer than wanted
     * @param name makes the UIDs; equal names make equal UIDs
     */
    static ImageSet write(Path folder, List<Path> sources, int count, String name) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>(count);
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            DicomFile source = Part10.read(sources.get(i % sources.size()));
            DataSet copy = source.dataSet()
                    .copy()
                    .set(Tag.StudyInstanceUID, Uids.nameBased("bench/" + name))
                    .set(Tag.SeriesInstanceUID, Uids.nameBased("bench/" + name + "/series"))
                    .set(Tag.SOPInstanceUID, Uids.nameBased("bench/" + name + "/" + i))
                    .set(Tag.InstanceNumber, Integer.toString(i + 1));
            Path file = folder.resolve(String.format(Locale.ROOT, "%05d.dcm", i));
            Part10.write(file, Part10.of(copy, source.transferSyntax()));
            files.add(file);
            bytes += Files.size(file);
        }
        return new ImageSet(files, bytes);
    }

    /** The files that each of so many associations sends. */
    List<List<Path>> shares(int associations) {
        List<List<Path>> shares = new ArrayList<>();
        for (int i = 0; i < associations; i++) {
            shares.add(files.subList((int) ((long) files.size() * i / associations), (int)
                    ((long) files.size() * (i + 1) / associations)));
        }
        return shares;
    }
}
