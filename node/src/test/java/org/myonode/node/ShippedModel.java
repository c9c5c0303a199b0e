package org.myonode.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Copies of the muscle model that comes with the program. */
final class ShippedModel {

    private ShippedModel() {}

    /** The whole package in a new folder, under another version. */
    static Path as(String version, Path shipped, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(shipped)) {
            for (Path from : tree.toList()) {
                Path copy = to.resolve(shipped.relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(from, copy);
                }
            }
        }
        ObjectMapper json = new ObjectMapper();
        Path card = to.resolve("model.json");
        ObjectNode fields = (ObjectNode) json.readTree(card.toFile());
        json.writeValue(card.toFile(), fields.put("version", version));
        return to;
    }
}
