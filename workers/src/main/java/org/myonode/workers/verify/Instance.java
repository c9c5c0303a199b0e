package org.myonode.workers.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;

/**
 * One file under examination.
 *
 * @param name what it is called in findings
 * @param file the whole object, or the header of an image when {@code pixels} has a path
 * @param pixels where the pixels of an image are, if they are not in {@code file}
 */
record Instance(String name, DicomFile file, Optional<Path> pixels) {

    DataSet data() {
        return file.dataSet();
    }

    String sopClassUid() {
        return data().text(Tag.SOPClassUID).orElse("");
    }

    String sopInstanceUid() {
        return data().text(Tag.SOPInstanceUID).orElse("");
    }

    String seriesUid() {
        return data().text(Tag.SeriesInstanceUID).orElse("");
    }

    /** The object with its pixels. */
    DicomFile whole() {
        if (pixels.isEmpty()) {
            return file;
        }
        try {
            return Part10.read(pixels.get());
        } catch (IOException e) {
            throw new UncheckedIOException(pixels.get() + " cannot be read again", e);
        }
    }
}
