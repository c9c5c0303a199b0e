package org.myonode.workers.volume;

/**
 * Which image a slice of a volume came from, and where it lies.
 *
 * @param sopInstanceUid SOP Instance UID of the source image
 * @param zMm patient z of the slice in millimetres, growing towards the head (PS3.3 C.7.6.2.1.1)
 */
public record SlicePosition(String sopInstanceUid, double zMm) {}
