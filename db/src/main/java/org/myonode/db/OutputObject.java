package org.myonode.db;

import java.nio.file.Path;

/**
 * A DICOM object that the node produced.
 *
 * @param kind SEG, SR, RTSTRUCT or SC
 * @param file where it lies; it is re-sent from there, never written again
 * @param sha256 SHA-256 of the file, lower-case hex
 */
public record OutputObject(String kind, String sopClassUid, String sopInstanceUid, Path file, String sha256) {}
