package org.myonode.crossvalidation.contours;

/**
 * What is to become of a received object.
 *
 * @param outcome TAKEN, REFUSED, IGNORED, WAITING, or {@link #LATER}
 * @param studyUid the study with which that is to be seen
 * @param detail the reason, in words
 * @param isSettled whether it is on record already
 */
record Verdict(String outcome, String studyUid, String detail, boolean isSettled) {

    /** Nothing is put on record: the same question is asked again in a moment. */
    static final String LATER = "LATER";

    Verdict(String outcome, String studyUid, String detail) {
        this(outcome, studyUid, detail, false);
    }
}
