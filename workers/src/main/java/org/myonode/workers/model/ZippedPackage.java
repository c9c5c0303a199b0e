package org.myonode.workers.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A model package in a zip file, at its root or in its only folder. */
final class ZippedPackage {

    /** More than any model that runs here, less than what fills a disk. */
    private static final long LARGEST = 4L << 30;

    private static final int MOST_FILES = 1000;

    private ZippedPackage() {}

    /**
     * Unpacks a package.
     *
     * @return the folder that holds the card
     * @throws ModelException when the file is no zip, holds no package, or names files outside of it
     */
    static Path unpack(Path zip, Path to) throws IOException {
        if (!Files.isRegularFile(zip)) {
            throw new ModelException(zip + " does not exist");
        }
        Files.createDirectories(to);
        try (ZipFile file = new ZipFile(zip.toFile())) {
            if (file.size() > MOST_FILES) {
                throw new ModelException(zip + " holds " + file.size() + " files: no model package has so many");
            }
            long left = LARGEST;
            Enumeration<? extends ZipEntry> entries = file.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path target = to.resolve(entry.getName()).normalize();
                if (!target.startsWith(to)) {
                    throw new ModelException(zip + " holds " + entry.getName() + ", which lies outside of it");
                }
                if (!entry.isDirectory()) {
                    Files.createDirectories(target.getParent());
                    left -= unpack(file, entry, target, left);
                }
            }
        } catch (ZipException e) {
            throw new ModelException(zip + " is no zip file: " + e.getMessage(), e);
        }
        return root(zip, to);
    }

    /** What the entry says of its size is not believed. */
    private static long unpack(ZipFile file, ZipEntry entry, Path target, long left) throws IOException {
        long written = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = file.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                written += count;
                if (written > left) {
                    throw new ModelException(file.getName() + " unpacks to more than " + (LARGEST >> 30) + " GiB");
                }
                out.write(buffer, 0, count);
            }
        }
        return written;
    }

    private static Path root(Path zip, Path unpacked) throws IOException {
        if (Files.isRegularFile(unpacked.resolve("model.json"))) {
            return unpacked;
        }
        try (Stream<Path> inside = Files.list(unpacked)) {
            List<Path> folders = inside.filter(folder -> Files.isRegularFile(folder.resolve("model.json")))
                    .toList();
            if (folders.size() == 1) {
                return folders.get(0);
            }
        }
        throw new ModelException(zip + " holds no model package: no model.json at its root or in its only folder");
    }
}
