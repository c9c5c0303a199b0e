package org.myonode.db;

import java.util.OptionalDouble;

/**
 * A CT slice that somebody drew on, in the canonical orientation of the workers: rows to posterior, columns to the
 * patient's left.
 *
 * <p>The array is not copied.
 *
 * @param patientKey digest of the patient's identifier
 * @param zMm patient z in millimetres
 * @param rowMm distance of rows in millimetres
 * @param columnMm distance of columns in millimetres
 * @param kernel convolution kernel, empty when not stated
 * @param provenance where the data come from, such as {@code received from AE} or {@code phantom}
 * @param hu {@code rows * columns} values in Hounsfield units
 */
public record ContourSlice(
        String sopInstanceUid,
        String studyUid,
        String seriesUid,
        String frameOfReferenceUid,
        String patientKey,
        double zMm,
        int rows,
        int columns,
        double rowMm,
        double columnMm,
        OptionalDouble sliceThicknessMm,
        String kernel,
        String provenance,
        short[] hu) {

    /** Refuses a shape that does not match the values. */
    public ContourSlice {
        if (rows < 1 || columns < 1 || hu.length != rows * columns) {
            throw new IllegalArgumentException(
                    "a slice of " + rows + "x" + columns + " cannot hold " + hu.length + " values");
        }
    }
}
