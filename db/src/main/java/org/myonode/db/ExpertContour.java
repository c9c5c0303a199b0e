package org.myonode.db;

/**
 * What one observer drew of one structure on one slice.
 *
 * <p>The array is not copied.
 *
 * @param sopInstanceUid the slice
 * @param observer who drew, as the site calls the observer
 * @param structure what was drawn, such as {@code muscle}
 * @param mask a yes or no for every pixel of the slice
 * @param areaCm2 area of the mask in square centimetres
 * @param kind what it came as: {@code RTSTRUCT}, {@code SEG} or {@code NIFTI}
 * @param sourceUid SOP Instance UID of the object it came in, or the digest of the file
 * @param sourceSha256 digest of that object's file
 */
public record ExpertContour(
        String sopInstanceUid,
        String observer,
        String structure,
        boolean[] mask,
        double areaCm2,
        String kind,
        String sourceUid,
        String sourceSha256) {}
