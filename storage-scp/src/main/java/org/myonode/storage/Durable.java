package org.myonode.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What it takes that files are on the disk and not only in memory. */
final class Durable {

    private static final Logger log = LoggerFactory.getLogger(Durable.class);

    private Durable() {}

    /**
     * What was written to these files and entered into these directories is on the disk when this returns; those that
     * somebody has removed meanwhile are passed over.
     */
    static void sync(Collection<Path> paths) throws IOException {
        for (Path path : paths) {
            try {
                sync(path);
            } catch (NoSuchFileException removed) {
                log.warn("{} is gone before it was synced", path);
            }
        }
    }

    static void sync(Path path) throws IOException {
        // A directory can only be opened for reading, and on Linux that is enough to sync anything.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Creates a directory below one that exists.
     *
     * @return the directories that have new entries and are to be synced
     */
    static List<Path> createDirectories(Path root, Path directory) throws IOException {
        List<Path> changed = new ArrayList<>();
        createDirectories(root, directory, changed);
        return changed;
    }

    private static void createDirectories(Path root, Path directory, List<Path> changed) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        // A root that is gone was perhaps a disk that is no longer mounted: not made anew.
        if (parent == null || directory.equals(root) || !directory.startsWith(root)) {
            throw new IOException(directory + " is missing, or not below " + root);
        }
        createDirectories(root, parent, changed);
        Files.createDirectories(directory);
        changed.add(parent);
    }
}
