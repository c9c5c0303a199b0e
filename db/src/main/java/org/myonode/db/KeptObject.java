package org.myonode.db;

import java.nio.file.Path;

/** An object that was received and kept without being worked on. */
public record KeptObject(
        String sopInstanceUid, String sopClassUid, String studyUid, Path path, String callingAeTitle, String sha256) {}
