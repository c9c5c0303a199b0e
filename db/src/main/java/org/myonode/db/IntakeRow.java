package org.myonode.db;

import java.time.Instant;

/**
 * What became of a received structure set or segmentation, for a page.
 *
 * @param outcome TAKEN, REFUSED, IGNORED or WAITING
 * @param sopClassUid of the object
 * @param detail the reason, in words
 */
public record IntakeRow(
        String sopInstanceUid, String sopClassUid, String callingAeTitle, String outcome, String detail, Instant at) {}
