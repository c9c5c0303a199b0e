package org.myonode.db;

import java.nio.file.Path;

/**
 * An instance that lies safely on disk.
 *
 * @param transferSyntax transfer syntax UID of the file
 * @param path where the file lies
 * @param bytes length of the data set in bytes, as received
 * @param sha256 SHA-256 of the data set as received, lower-case hex
 */
public record InstanceEntry(
        String studyUid,
        String seriesUid,
        String sopInstanceUid,
        String sopClassUid,
        String transferSyntax,
        Path path,
        long bytes,
        String sha256,
        String callingAeTitle,
        String calledAeTitle) {}
