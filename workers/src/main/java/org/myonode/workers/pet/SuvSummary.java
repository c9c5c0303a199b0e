package org.myonode.workers.pet;

import java.io.IOException;
import java.util.Arrays;
import org.myonode.dicom.DicomException;

/**
 * SUVbw over the voxels of a whole series that hold any activity (above {@value #NOTHING} g/ml).
 *
 * @param min smallest, g/ml
 * @param median g/ml
 * @param max largest, g/ml
 * @param voxels how many there are
 */
public record SuvSummary(double min, double median, double max, int voxels) {
    private static final double NOTHING = 1e-6;

    /**
     * Reads all images of a series.
     *
     * @throws IOException when a file cannot be read
     * @throws DicomException when pixels cannot be decoded, or no voxel holds activity
     */
    public static SuvSummary of(PetSeries series, SuvScale.Known scale) throws IOException {
        PetPlanes planes = new PetPlanes(series, scale);
        float[] values = new float[0];
        int count = 0;
        for (int k = 0; k < planes.count(); k++) {
            float[] plane = planes.plane(k);
            if (count + plane.length > values.length) {
                values = Arrays.copyOf(values, Math.max(2 * values.length, count + plane.length));
            }
            for (float suv : plane) {
                if (suv > NOTHING) {
                    values[count++] = suv;
                }
            }
        }
        if (count == 0) {
            throw new DicomException("no voxel holds any activity");
        }
        Arrays.sort(values, 0, count);
        double median = (values[(count - 1) / 2] + (double) values[count / 2]) / 2;
        return new SuvSummary(values[0], median, values[count - 1], count);
    }
}
