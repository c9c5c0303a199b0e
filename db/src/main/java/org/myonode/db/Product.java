package org.myonode.db;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything a successful attempt leaves behind.
 *
 * @param resultJson the text of result.json
 * @param picture the overlay as a small PNG, where there is one
 */
public record Product(String resultJson, Optional<Path> picture, List<OutputObject> objects) {

    public Product {
        objects = List.copyOf(objects);
    }
}
