package org.myonode.db;

/**
 * One frozen view of a study: every instance received up to the moment it was sealed.
 *
 * @param studyUid Study Instance UID
 * @param number 1 for the first; each late instance after a seal opens the next
 */
public record Revision(String studyUid, int number) {

    public Revision {
        if (number < 1) {
            throw new IllegalArgumentException("revision number must be at least 1, not " + number);
        }
    }

    @Override
    public String toString() {
        return studyUid + "#" + number;
    }
}
