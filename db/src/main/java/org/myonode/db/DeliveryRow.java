package org.myonode.db;

import java.time.Instant;
import java.util.Optional;

/**
 * A delivery as the web page shows it.
 *
 * @param sopClassUid the class in which the destination gets it, which may be an older one than was produced
 * @param state PENDING, DELIVERED or DEAD_LETTER; where storage commitment is asked for, also COMMITTED, or
 *     NOT_COMMITTED for good
 * @param arrival where the destination is asked whether it has the object: WAITING, FOUND or MISSING
 * @param nextTry when it is tried next; without meaning once it is delivered or dead
 */
public record DeliveryRow(
        Revision revision,
        String kind,
        String sopClassUid,
        String sopInstanceUid,
        String destination,
        String state,
        int attempts,
        Instant nextTry,
        Optional<String> lastError,
        Optional<String> arrival) {}
