package org.myonode.workers.pipeline;

import java.nio.file.Path;

/**
 * A DICOM object that the pipeline wrote.
 *
 * @param kind SEG, SR, RTSTRUCT or SC; with {@code .LABELMAP} when it belongs to the label map
 * @param file where it lies
 * @param sha256 SHA-256 of the file, lower-case hexadecimal
 */
public record WrittenObject(String kind, String sopClassUid, String sopInstanceUid, Path file, String sha256) {

    WrittenObject movedTo(Path directory) {
        return new WrittenObject(kind, sopClassUid, sopInstanceUid, directory.resolve(file.getFileName()), sha256);
    }
}
