package org.myonode.storage;

import java.util.Random;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/** Small CT images and reports for tests. */
final class Instances {

    private static final int SIZE = 64;

    private Instances() {}

    static String sopInstanceUid(String study, int number) {
        return study + ".1." + number;
    }

    static DataSet ct(String study, int number) {
        byte[] pixels = new byte[SIZE * SIZE * 2];
        new Random(number).nextBytes(pixels);
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, sopInstanceUid(study, number))
                .set(Tag.Modality, "CT")
                .set(Tag.StudyInstanceUID, study)
                .set(Tag.SeriesInstanceUID, study + ".1")
                .set(Tag.InstanceNumber, Integer.toString(number))
                .set(Tag.Rows, SIZE)
                .set(Tag.Columns, SIZE)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 1)
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .setBytes(Tag.PixelData, VR.OW, pixels);
    }

    static DataSet report(String study, int number) {
        return new DataSet()
                .set(Tag.SOPClassUID, UID.BasicTextSRStorage)
                .set(Tag.SOPInstanceUID, sopInstanceUid(study, number))
                .set(Tag.Modality, "SR")
                .set(Tag.StudyInstanceUID, study)
                .set(Tag.SeriesInstanceUID, study + ".2")
                .set(Tag.ValueType, "CONTAINER");
    }
}
