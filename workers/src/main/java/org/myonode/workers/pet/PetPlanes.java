package org.myonode.workers.pet;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.ImageHeader;

/** The images of a PET series as planes of SUV, read when they are asked for. Not thread-safe. */
final class PetPlanes {
    private final PetSeries series;
    private final double[] perStoredValue;
    private @Nullable Path decoded;
    private short[] values = new short[0];

    PetPlanes(PetSeries series, SuvScale.Known scale) {
        this.series = series;
        this.perStoredValue = scale.perStoredValue();
        if (perStoredValue.length != series.images().size()) {
            throw new IllegalArgumentException(
                    perStoredValue.length + " factors for " + series.images().size() + " images");
        }
    }

    int count() {
        return perStoredValue.length;
    }

    /**
     * SUV of image {@code k}, row by row.
     *
     * @throws IOException when its file cannot be read
     * @throws DicomException when its pixels cannot be decoded
     */
    float[] plane(int k) throws IOException {
        ImageHeader image = series.images().get(k);
        if (!image.file().equals(decoded)) {
            DicomFile file = Part10.read(image.file());
            values = PixelData.monochrome16(file);
            decoded = image.file();
        }
        boolean signed =
                series.headers().get(k).integer(Tag.PixelRepresentation).orElse(0) == 1;
        short[] stored = Frames.values(image, values);
        float[] suv = new float[stored.length];
        for (int p = 0; p < suv.length; p++) {
            suv[p] = (float) ((signed ? stored[p] : stored[p] & 0xFFFF) * perStoredValue[k]);
        }
        return suv;
    }
}
