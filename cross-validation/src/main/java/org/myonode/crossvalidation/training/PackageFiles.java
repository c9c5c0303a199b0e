package org.myonode.crossvalidation.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.myonode.workers.model.ModelPackage;

/** The two graphs in a model package: {@code saved_model}, frozen, to be served, and {@code training}, to go on with. */
final class PackageFiles {

    private static final String SERVED = "saved_model";
    private static final String TRAINABLE = "training";

    private PackageFiles() {}

    /** Writes both graphs; the card comes after them. */
    static void finished(Task task, Weights weights, Path folder) throws IOException {
        passing(task, weights, folder);
        Trainer.exportTrainable(task, weights, folder.resolve(TRAINABLE));
    }

    /** Writes the served graph alone, of weights that will not stay; what was there to go on with is removed. */
    static void passing(Task task, Weights weights, Path folder) throws IOException {
        Path trainable = folder.resolve(TRAINABLE);
        if (Files.isDirectory(trainable)) {
            try (Stream<Path> tree = Files.walk(trainable)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Trainer.exportFrozen(task, weights, folder.resolve(SERVED), null);
    }

    /** The digest of every file of both. */
    static void list(Path folder, ObjectNode files) throws IOException {
        for (String part : List.of(SERVED, TRAINABLE)) {
            if (Files.isDirectory(folder.resolve(part))) {
                try (Stream<Path> tree = Files.walk(folder.resolve(part))) {
                    for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
                        files.put(folder.relativize(file).toString().replace('\\', '/'), ModelPackage.digest(file));
                    }
                }
            }
        }
    }
}
