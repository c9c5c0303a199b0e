package org.myonode.db;

import java.time.Instant;

/**
 * A stored contour for a table, without its pixels.
 *
 * @param latest whether no later version replaces it
 */
public record ContourRow(
        String sopInstanceUid,
        String patientKey,
        double zMm,
        String observer,
        String structure,
        int version,
        boolean latest,
        double areaCm2,
        String kind,
        String sourceUid,
        String provenance,
        Instant addedAt) {}
