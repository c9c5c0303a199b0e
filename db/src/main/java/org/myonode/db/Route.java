package org.myonode.db;

import java.util.Set;

/**
 * A destination and the kinds of output object that it takes.
 *
 * @param destination the destination's name in the configuration
 * @param kinds for instance SEG and SR
 * @param commitment whether it is asked to vouch for what it was sent
 */
public record Route(String destination, Set<String> kinds, boolean commitment) {

    public Route {
        kinds = Set.copyOf(kinds);
    }

    /** Without storage commitment. */
    public Route(String destination, Set<String> kinds) {
        this(destination, kinds, false);
    }
}
