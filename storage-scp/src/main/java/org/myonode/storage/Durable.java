package org.myonode.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** File operations that are on the disk when they return. */
final class Durable {

    private Durable() {}

    /** Creates a directory below one that exists, level by level, so that each new entry is on the disk. */
    static void createDirectories(Path root, Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        // A root that is gone was perhaps a disk that is no longer mounted: not made anew.
        if (parent == null || directory.equals(root) || !directory.startsWith(root)) {
            throw new IOException(directory + " is missing, or not below " + root);
        }
        createDirectories(root, parent);
        Files.createDirectories(directory);
        sync(parent);
    }

    /** Moves a file that is already synced; afterwards its new name is on the disk too. */
    static void rename(Path file, Path target) throws IOException {
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        Path directory = target.getParent();
        if (directory != null) {
            sync(directory);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
