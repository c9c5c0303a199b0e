package org.myonode.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Small CT slices: a body with noise in flat air, the extreme values in two corners; sizes that no block divides. */
public enum CtSlices {
    UNSIGNED_12(12, false),
    SIGNED_12(12, true),
    UNSIGNED_16(16, false),
    SIGNED_16(16, true);

    static final int ROWS = 61;
    static final int COLUMNS = 83;

    private final int bits;
    private final boolean signed;

    CtSlices(int bits, boolean signed) {
        this.bits = bits;
        this.signed = signed;
    }

    /** The stored values as {@link PixelData#monochrome16} gives them. */
    public short[] pixels(int frames) {
        short[] pixels = new short[frames * ROWS * COLUMNS];
        Random random = new Random(bits);
        int lowest = signed ? -(1 << bits - 1) : 0;
        int highest = lowest + (1 << bits) - 1;
        int amplitude = bits == 12 ? 20 : 900;
        int i = 0;
        for (int frame = 0; frame < frames; frame++) {
            for (int row = 0; row < ROWS; row++) {
                for (int column = 0; column < COLUMNS; column++) {
                    double y = (row - 30.0) / 24;
                    double x = (column - 41.0) / 33;
                    double inside = 1 - x * x - y * y;
                    int value = lowest + 24;
                    if (inside > 0) {
                        value = lowest
                                + (1 << bits) / 4
                                + frame * 50
                                + (int) (inside * (1 << bits) / 8 + random.nextGaussian() * amplitude);
                    }
                    pixels[i++] = (short) value;
                }
            }
            pixels[i - 1] = (short) highest;
            pixels[i - 2] = (short) lowest;
            pixels[i - ROWS * COLUMNS] = (short) highest;
        }
        return pixels;
    }

    DicomFile file(int frames) {
        short[] pixels = pixels(frames);
        ByteBuffer bytes = ByteBuffer.allocate(2 * pixels.length).order(ByteOrder.LITTLE_ENDIAN);
        for (short pixel : pixels) {
            bytes.putShort((short) (pixel & (1 << bits) - 1));
        }
        DataSet image = Part10Test.image()
                .set(
                        Tag.SOPClassUID,
                        frames == 1 ? UID.CTImageStorage : UID.MultiFrameGrayscaleWordSecondaryCaptureImageStorage)
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, ROWS)
                .set(Tag.Columns, COLUMNS)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, bits)
                .set(Tag.HighBit, bits - 1)
                .set(Tag.PixelRepresentation, signed ? 1 : 0)
                .set(Tag.RescaleIntercept, signed ? "0" : "-1024")
                .set(Tag.RescaleSlope, "1")
                .setBytes(Tag.PixelData, VR.OW, bytes.array());
        if (frames > 1) {
            image.set(Tag.NumberOfFrames, frames);
        }
        return Part10.of(image, UID.ExplicitVRLittleEndian);
    }
}
