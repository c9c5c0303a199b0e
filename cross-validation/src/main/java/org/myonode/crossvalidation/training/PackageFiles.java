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

    /** Writes the graph that is served; one to go on with that lay beside it was of other weights, and is removed. */
    static void served(Task task, Weights weights, Path folder) throws IOException {
        delete(folder.resolve(TRAINABLE));
        Trainer.exportFrozen(task, weights, folder.resolve(SERVED), null);
    }

    /** Writes the graph to go on with beside the served one, of weights that stay; the card comes after it. */
    static void trainable(Task task, Weights weights, Path folder) throws IOException {
        Trainer.exportTrainable(task, weights, folder.resolve(TRAINABLE));
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
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
