package org.myonode.db;

/**
 * A stored contour that is a correction of what a model had drawn: it was not drawn blind, and agrees better with that
 * model than a contour of its own would.
 *
 * @param sopInstanceUid the slice
 * @param observer whose contour it is
 * @param modelId the model that was corrected
 * @param modelSha256 digest of that model's package
 */
public record CorrectedContour(
        String sopInstanceUid, String observer, String modelId, String modelVersion, String modelSha256) {}
