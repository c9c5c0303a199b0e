package org.myonode.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Native monochrome pixel data (PS3.5 section 8, PS3.3 C.7.6.3). */
public final class PixelData {
    private PixelData() {}

    /**
     * The stored values of all frames, row by row, before any rescale: {@code frames * rows * columns} of them. Signed
     * values are sign-extended from Bits Stored; unsigned values above 32,767 keep their bit pattern
     * ({@code value & 0xFFFF}).
     *
     * @throws DicomException for a transfer syntax with encapsulated pixel data, more than one sample per pixel, other
     *     than 8 or 16 bits allocated, or fewer bytes than the matrix needs
     */
    public static short[] monochrome16(DicomFile file) {
        DataSet image = file.dataSet();
        TransferSyntax syntax = TransferSyntax.of(file.transferSyntax());
        if (syntax.encapsulated() || !image.fragments(Tag.PixelData).isEmpty()) {
            throw new DicomException(Tag.PixelData, "pixels in " + UID.nameOf(syntax.uid()) + " cannot be decoded yet");
        }
        if (image.integer(Tag.SamplesPerPixel).orElse(1) != 1) {
            throw new DicomException(Tag.SamplesPerPixel, "only monochrome images can be decoded");
        }
        int allocated = image.requireInteger(Tag.BitsAllocated);
        int stored = image.integer(Tag.BitsStored).orElse(allocated);
        int high = image.integer(Tag.HighBit).orElse(stored - 1);
        if (allocated != 8 && allocated != 16) {
            throw new DicomException(Tag.BitsAllocated, allocated + " bits are neither 8 nor 16");
        }
        if (stored < 1 || high >= allocated || high + 1 < stored) {
            throw new DicomException(
                    Tag.BitsStored,
                    stored + " bits with high bit " + high + " do not lie within " + allocated + " bits");
        }

        long rows = image.requireInteger(Tag.Rows);
        long columns = image.requireInteger(Tag.Columns);
        long frames = image.integer(Tag.NumberOfFrames).orElse(1);
        if (!image.hasValue(Tag.PixelData)) {
            throw new DicomException(Tag.PixelData, "absent or empty");
        }
        byte[] bytes = image.bytes(Tag.PixelData);
        int width = allocated / 8;
        if (frames < 1 || rows * columns > Integer.MAX_VALUE || rows * columns * frames > bytes.length / width) {
            throw new DicomException(
                    Tag.PixelData,
                    bytes.length + " bytes where " + frames + " frames of " + rows + " x " + columns + " pixels of "
                            + width + " bytes should be");
        }

        boolean signed = image.integer(Tag.PixelRepresentation).orElse(0) == 1;
        int up = 31 - high;
        int down = 32 - stored;
        short[] pixels = new short[(int) (rows * columns * frames)];
        if (stored == 16) {
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(pixels);
            return pixels;
        }
        for (int i = 0; i < pixels.length; i++) {
            int raw = width == 1 ? bytes[i] & 0xFF : (bytes[2 * i] & 0xFF) | ((bytes[2 * i + 1] & 0xFF) << 8);
            pixels[i] = (short) (signed ? (raw << up) >> down : (raw << up) >>> down);
        }
        return pixels;
    }
}
