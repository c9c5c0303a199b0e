package org.myonode.crossvalidation.report;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * How a report came about; printed in it.
 *
 * @param program name and version
 * @param made when
 * @param zone in which that is said
 * @param command what makes the same figures again
 * @param notes sentences of the caller, such as how simulated observers were made, or what was left out and why
 */
public record Origin(String program, Instant made, ZoneId zone, String command, List<String> notes) {
    /** Keeps its own copy. */
    public Origin {
        notes = List.copyOf(notes);
    }
}
