package org.myonode.db;

import java.util.Set;

/**
 * A destination and the kinds of output object that it takes.
 *
 * @param destination the destination's name in the configuration
 * @param kinds for instance SEG and SR
 */
public record Route(String destination, Set<String> kinds) {

    public Route {
        kinds = Set.copyOf(kinds);
    }
}
