package org.myonode.dicom.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;

/** A CT image with random pixels, in Explicit VR Little Endian, to be sent. */
final class CtFile {

    private CtFile() {}

    /** Writes a square CT image of so many rows; returns the file. */
    static Path write(Path file, int rows) throws IOException {
        byte[] pixels = new byte[rows * rows * 2];
        new Random(rows).nextBytes(pixels);
        Part10.write(
                file,
                Part10.of(
                        new DataSet()
                                .set(Tag.SOPClassUID, UID.CTImageStorage)
                                .set(Tag.SOPInstanceUID, Uids.random())
                                .set(Tag.Modality, "CT")
                                .set(Tag.PatientID, "T1")
                                .set(Tag.StudyInstanceUID, Uids.random())
                                .set(Tag.SeriesInstanceUID, Uids.random())
                                .set(Tag.SamplesPerPixel, 1)
                                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                                .set(Tag.Rows, rows)
                                .set(Tag.Columns, rows)
                                .set(Tag.BitsAllocated, 16)
                                .set(Tag.BitsStored, 16)
                                .set(Tag.HighBit, 15)
                                .set(Tag.PixelRepresentation, 1)
                                .setBytes(Tag.PixelData, VR.OW, pixels),
                        UID.ExplicitVRLittleEndian));
        return file;
    }
}
