package org.myonode.db;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line of the append-only audit trail, written in the transaction of the change it tells of.
 *
 * @param event MOVED for a state change, otherwise what happened (INSTANCE_CONFLICT, DELIVERED, ...)
 */
public record AuditRow(
        long id,
        Instant at,
        String studyUid,
        OptionalInt revision,
        OptionalInt attempt,
        String event,
        Optional<StudyState> from,
        Optional<StudyState> to,
        String detail) {}
