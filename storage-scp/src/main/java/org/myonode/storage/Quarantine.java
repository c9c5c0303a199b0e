package org.myonode.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder for what was received but could not be taken: each file with a text beside it that says why. Nothing ever
 * reads it back; a person looks at it. Thread-safe.
 */
final class Quarantine {

    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Clock clock;
    private final AtomicLong number = new AtomicLong();

    Quarantine(Path directory, Clock clock) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.clock = clock;
    }

    /** Puts a file under the name that it is given. */
    interface Mover {
        void moveTo(Path kept) throws IOException;
    }

    /**
     * Moves a file in.
     *
     * @param sopInstanceUid part of the new name; digits and dots
     * @return where it lies now
     */
    Path take(Mover file, String sopInstanceUid, String reason) throws IOException {
        String name = TIME.format(clock.instant()) + "-" + number.incrementAndGet() + "-" + sopInstanceUid;
        Path kept = directory.resolve(name + ".dcm");
        file.moveTo(kept);
        Files.writeString(directory.resolve(name + ".txt"), reason + System.lineSeparator());
        log.warn(
                "quarantined {}: {}",
                kept.getFileName(),
                reason.lines().findFirst().orElse(""));
        return kept;
    }
}
