package org.myonode.workers.volume;

/**
 * What was thought of one series of a study.
 *
 * @param seriesUid Series Instance UID
 * @param description Series Description, may be empty
 * @param images how many of its images the verdict is about
 * @param chosen whether it is the one
 * @param reason why it was chosen or why not, for the operator
 */
public record SeriesVerdict(String seriesUid, String description, int images, boolean chosen, String reason) {

    @Override
    public String toString() {
        return (chosen ? "chosen" : "not chosen") + " series=" + seriesUid + " images=" + images + ": " + reason;
    }
}
