package org.myonode.storage;

import java.nio.file.Path;
import java.util.Set;

/**
 * Where and from whom instances are stored.
 *
 * @param directory home of the instance store; belongs to one process at a time
 * @param aeTitle the AE title that peers must call
 * @param callingAeTitles the AE titles that may call; empty means anyone
 * @param minimumFreeBytes with less free space than this nothing is accepted any more (A700)
 */
public record StorageConfig(Path directory, String aeTitle, Set<String> callingAeTitles, long minimumFreeBytes) {

    private static final long ONE_GIB = 1L << 30;

    public StorageConfig {
        callingAeTitles = Set.copyOf(callingAeTitles);
        if (minimumFreeBytes < 0) {
            throw new IllegalArgumentException("minimumFreeBytes is " + minimumFreeBytes + ", not at least 0");
        }
    }

    /** From anyone, while a GiB is free. */
    public static StorageConfig of(Path directory, String aeTitle) {
        return new StorageConfig(directory, aeTitle, Set.of(), ONE_GIB);
    }
}
