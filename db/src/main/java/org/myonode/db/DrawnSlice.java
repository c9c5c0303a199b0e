package org.myonode.db;

import java.util.List;

/**
 * A slice with the latest contour of each observer.
 *
 * @param slice the slice
 * @param contours in the order of the observers' names
 */
public record DrawnSlice(ContourSlice slice, List<ExpertContour> contours) {

    /** Keeps its own copy. */
    public DrawnSlice {
        contours = List.copyOf(contours);
    }
}
