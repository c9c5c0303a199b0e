package org.myonode.workers.volume;

/**
 * Which image a slice of a volume came from, and where it lies.
 *
 * @param image name of the source image: its SOP Instance UID, with {@code #} and the frame for a multi-frame one
 * @param zMm patient z of the slice in millimetres, growing towards the head (PS3.3 C.7.6.2.1.1)
 */
public record SlicePosition(String image, double zMm) {}
