package org.myonode.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.myonode.dicom.codec.CodecException;
import org.myonode.dicom.codec.CompressedFrame;
import org.myonode.dicom.codec.Frame;
import org.myonode.dicom.codec.FrameDecoder;

/** Monochrome pixel data, native or compressed (PS3.5 section 8, PS3.3 C.7.6.3). */
public final class PixelData {
    /** The syntaxes of PS3.5 annex A.4 that allow loss: in near-lossless and JPEG 2000 streams it need not be there. */
    private static final Set<String> LOSSY =
            Set.of(UID.JPEGBaseline8Bit, UID.JPEGExtended12Bit, UID.JPEGLSNearLossless, UID.JPEG2000, UID.HTJ2K);

    private static final Set<String> NATIVE = Set.of(
            UID.ImplicitVRLittleEndian,
            UID.ExplicitVRLittleEndian,
            UID.DeflatedExplicitVRLittleEndian,
            UID.ExplicitVRBigEndian);

    private PixelData() {}

    /** True when {@link #monochrome16} reads pixels in this transfer syntax. */
    public static boolean isDecoded(String transferSyntaxUid) {
        return NATIVE.contains(transferSyntaxUid)
                || FrameDecoder.transferSyntaxes().contains(transferSyntaxUid);
    }

    /**
     * True when the pixels have lost something on their way, or may have: Lossy Image Compression (0028,2110) says so, or
     * the transfer syntax allows it. The header of a file is enough.
     */
    public static boolean isLossy(DicomFile file) {
        return LOSSY.contains(file.transferSyntax())
                || file.dataSet()
                        .text(Tag.LossyImageCompression)
                        .filter("01"::equals)
                        .isPresent();
    }

    /**
     * The stored values of all frames, row by row, before any rescale: {@code frames * rows * columns} of them. Signed
     * values are sign-extended from Bits Stored; unsigned values above 32,767 keep their bit pattern
     * ({@code value & 0xFFFF}).
     *
     * <p>Compressed frames may be RLE, JPEG (baseline, extended, lossless), JPEG-LS or JPEG 2000.
     *
     * @throws DicomException for another compression, a damaged stream, more than one sample per pixel, other than 8 or
     *     16 bits allocated, or fewer bytes than the matrix needs
     */
    public static short[] monochrome16(DicomFile file) {
        Matrix matrix = Matrix.of(file.dataSet());
        if (!file.dataSet().hasValue(Tag.PixelData)) {
            throw new DicomException(Tag.PixelData, "absent or empty");
        }
        return TransferSyntax.of(file.transferSyntax()).encapsulated()
                ? decompressed(file, matrix)
                : native16(file.dataSet(), matrix);
    }

    /** How the pixels of all frames lie in their bits. */
    private record Matrix(int rows, int columns, int frames, int allocated, int stored, int high, boolean signed) {
        static Matrix of(DataSet image) {
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
            int rows = positive(image, Tag.Rows, image.requireInteger(Tag.Rows));
            int columns = positive(image, Tag.Columns, image.requireInteger(Tag.Columns));
            int frames = positive(
                    image, Tag.NumberOfFrames, image.integer(Tag.NumberOfFrames).orElse(1));
            boolean signed = image.integer(Tag.PixelRepresentation).orElse(0) == 1;
            return new Matrix(rows, columns, frames, allocated, stored, high, signed);
        }

        private static int positive(DataSet image, int tag, int value) {
            if (value < 1 || (value > 0xFFFF && tag != Tag.NumberOfFrames)) {
                throw new DicomException(tag, value + " in an image");
            }
            return value;
        }

        long pixels() {
            // At most 2^63: two factors of 16 bits and one of 31.
            return (long) rows * columns * frames;
        }

        /**
         * What a lossy stream overshoots ends at the lowest or highest value: taken modulo, the brightest pixel would
         * become the darkest.
         */
        void clamp(short[] pixels, int from, int to, int precision) {
            int unused = 32 - precision;
            int lowest = signed ? -(1 << stored - 1) : 0;
            int highest = lowest + (1 << stored) - 1;
            for (int i = from; i < to; i++) {
                int value = signed ? pixels[i] << unused >> unused : pixels[i] & 0xFFFF;
                pixels[i] = (short) Math.max(lowest, Math.min(highest, value));
            }
        }

        /** Puts a value from its place in the bits allocated to where a short has it. */
        void extend(short[] pixels) {
            if (stored == 16) {
                return;
            }
            int up = 31 - high;
            int down = 32 - stored;
            for (int i = 0; i < pixels.length; i++) {
                int raw = pixels[i];
                pixels[i] = (short) (signed ? (raw << up) >> down : (raw << up) >>> down);
            }
        }
    }

    private static short[] native16(DataSet image, Matrix matrix) {
        byte[] bytes = image.bytes(Tag.PixelData);
        int width = matrix.allocated / 8;
        if (matrix.pixels() > bytes.length / width) {
            throw new DicomException(
                    Tag.PixelData,
                    bytes.length + " bytes where " + matrix.frames + " frames of " + matrix.rows + " x "
                            + matrix.columns + " pixels of " + width + " bytes should be");
        }
        short[] pixels = new short[(int) matrix.pixels()];
        if (width == 2) {
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(pixels);
        } else {
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (short) (bytes[i] & 0xFF);
            }
        }
        matrix.extend(pixels);
        return pixels;
    }

    private static short[] decompressed(DicomFile file, Matrix matrix) {
        String syntax = file.transferSyntax();
        if (!FrameDecoder.transferSyntaxes().contains(syntax)) {
            throw new DicomException(
                    Tag.PixelData, "pixels in " + UID.nameOf(syntax) + " (" + syntax + ") cannot be decoded");
        }
        List<List<byte[]>> frames = Encapsulated.frames(file.dataSet(), matrix.frames);
        long needed = 2 * matrix.pixels();
        if (needed > DataSetReader.memoryLimit()) {
            throw new DicomException(
                    Tag.PixelData,
                    matrix.frames + " frames of " + matrix.rows + " x " + matrix.columns + " pixels need " + needed
                            + " bytes, more than memory allows");
        }
        Frame frame = new Frame(matrix.rows, matrix.columns, matrix.allocated);
        int framePixels = matrix.rows * matrix.columns;
        boolean lossy = LOSSY.contains(syntax);
        List<CompressedFrame> opened = new ArrayList<>();
        for (List<byte[]> fragments : frames) {
            try {
                opened.add(FrameDecoder.open(syntax, Encapsulated.joined(fragments), frame));
            } catch (CodecException e) {
                throw undecodable(opened.size(), syntax, e);
            }
        }
        short[] pixels = new short[(int) matrix.pixels()];
        for (int i = 0; i < matrix.frames; i++) {
            int from = i * framePixels;
            try {
                opened.get(i).decode(pixels, from);
            } catch (CodecException e) {
                throw undecodable(i, syntax, e);
            }
            if (lossy) {
                matrix.clamp(pixels, from, from + framePixels, opened.get(i).precision());
            }
        }
        if (!lossy) {
            matrix.extend(pixels);
        }
        return pixels;
    }

    private static DicomException undecodable(int frame, String syntax, CodecException e) {
        return new DicomException(
                Tag.PixelData, "frame " + (frame + 1) + " in " + UID.nameOf(syntax) + ": " + e.getMessage(), e);
    }
}
