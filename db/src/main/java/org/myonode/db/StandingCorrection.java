package org.myonode.db;

import java.time.Instant;

/**
 * A correction as it was taken, with the contour that it brought.
 *
 * @param revision the revision that it opened
 * @param contour the expert's contour
 * @param version of the contour
 * @param at when it was taken
 */
public record StandingCorrection(
        Revision revision, Correction correction, ExpertContour contour, int version, Instant at) {}
