package org.myonode.workers.locate;

/**
 * What the network says of each row of the spine, from feet to head.
 *
 * @param level {@code [rows][SpineLevel.CHANNELS]} probability of each class, rows sum to 1
 * @param border {@code [rows]} probability that the row lies in the middle between two vertebral bodies, 0 to 1
 */
public record SpineRows(float[][] level, float[] border) {

    /** Values the network gives for a row: the classes, then the border. */
    public static final int OUTPUTS = SpineLevel.CHANNELS + 1;

    /** Refuses arrays of different lengths. */
    public SpineRows {
        if (level.length != border.length) {
            throw new IllegalArgumentException(level.length + " rows of levels for " + border.length + " of borders");
        }
    }

    /** How many rows there are. */
    public int rows() {
        return level.length;
    }
}
