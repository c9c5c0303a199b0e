package org.myonode.dicom.codec;

import org.jspecify.annotations.Nullable;

/**
 * JPEG for one component with Huffman coding (ISO/IEC 10918-1): sequential DCT of 8 and 12 bits (processes 1, 2 and 4) and
 * lossless of 2 to 16 bits with any predictor (process 14). Which one it is, the frame header says.
 */
final class JpegDecoder {
    private static final int SOF_0 = 0xC0;
    private static final int SOF_1 = 0xC1;
    private static final int SOF_3 = 0xC3;
    private static final int DHT = 0xC4;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DRI = 0xDD;
    private static final int APP_0 = 0xE0;

    private final Segments in;
    private final byte[] stream;
    private final Frame frame;
    private final @Nullable HuffmanTable[] dc = new HuffmanTable[4];
    private final @Nullable HuffmanTable[] ac = new HuffmanTable[4];
    private final int[] @Nullable [] quantization = new int[4][];
    private int process;
    private int precision;
    private int quantizationTable;
    private int restartInterval;

    private JpegDecoder(byte[] stream, Frame frame) {
        this.stream = stream;
        this.frame = frame;
        in = new Segments(stream);
    }

    static CompressedFrame open(byte[] stream, Frame frame) {
        return new JpegDecoder(stream, frame).open();
    }

    private CompressedFrame open() {
        if (in.marker() != SOI) {
            throw new CodecException(0, "no start of image");
        }
        while (true) {
            int marker = in.marker();
            if (marker == EOI) {
                throw new CodecException(in.offset(), "the image ends before its scan");
            }
            long start = in.offset();
            in.begin("a marker segment");
            switch (marker) {
                case SOF_0, SOF_1, SOF_3 -> frameHeader(marker, start);
                case DHT -> huffmanTables(start);
                case DQT -> quantizationTables(start);
                case DRI -> restartInterval = in.unsignedShort("Ri");
                case SOS -> {
                    return scan(start);
                }
                default -> {
                    if (marker < APP_0) {
                        throw new CodecException(start, String.format("JPEG marker FF%02X is not supported", marker));
                    }
                }
            }
            in.finish();
        }
    }

    /** B.2.2. */
    private void frameHeader(int marker, long start) {
        if (precision != 0) {
            throw new CodecException(start, "a second frame header");
        }
        process = marker;
        precision = in.unsignedByte("P");
        int rows = in.unsignedShort("Y");
        int columns = in.unsignedShort("X");
        frame.require(start, rows, columns, in.unsignedByte("Nf"), precision);
        boolean allowed = switch (process) {
            case SOF_0 -> precision == 8;
            case SOF_1 -> precision == 8 || precision == 12;
            default -> true;
        };
        if (!allowed) {
            throw new CodecException(start, precision + " bits per sample do not exist in this JPEG process");
        }
        in.unsignedByte("C1");
        in.unsignedByte("H1, V1");
        quantizationTable = destination(in.unsignedByte("Tq1"), start);
    }

    private static int destination(int value, long start) {
        if (value > 3) {
            throw new CodecException(start, "table destination " + value + ", not 0 to 3");
        }
        return value;
    }

    /** B.2.4.2. */
    private void huffmanTables(long start) {
        while (in.left() > 0) {
            int classAndDestination = in.unsignedByte("Tc, Th");
            int tableClass = classAndDestination >> 4;
            if (tableClass > 1) {
                throw new CodecException(start, "Huffman table class " + tableClass);
            }
            (tableClass == 0 ? dc : ac)[destination(classAndDestination & 0xF, start)] = HuffmanTable.read(in);
        }
    }

    /** B.2.4.1. */
    private void quantizationTables(long start) {
        while (in.left() > 0) {
            int precisionAndDestination = in.unsignedByte("Pq, Tq");
            int[] table = new int[64];
            for (int k = 0; k < 64; k++) {
                table[k] = precisionAndDestination >> 4 == 0 ? in.unsignedByte("Qk") : in.unsignedShort("Qk");
            }
            quantization[destination(precisionAndDestination & 0xF, start)] = table;
        }
    }

    /** B.2.3. */
    private CompressedFrame scan(long start) {
        if (precision == 0) {
            throw new CodecException(start, "a scan without a frame header");
        }
        if (in.unsignedByte("Ns") != 1) {
            throw new CodecException(start, "a scan of several components");
        }
        in.unsignedByte("Cs1");
        int tables = in.unsignedByte("Td1, Ta1");
        int selection = in.unsignedByte("Ss");
        int last = in.unsignedByte("Se");
        int approximation = in.unsignedByte("Ah, Al");
        in.finish();
        HuffmanTable dcTable = present(dc[destination(tables >> 4, start)], "DC Huffman", start);
        JpegBits bits = new JpegBits(stream, in.offset());
        if (process == SOF_3) {
            if (selection < 1 || selection > 7 || approximation >= precision) {
                throw new CodecException(start, "predictor " + selection + " with point transform " + approximation);
            }
            frame.requireBytes(stream.length, 8); // a bit for each sample at least
            return new LosslessScan(frame, bits, dcTable, precision, selection, approximation, restartInterval);
        }
        if (selection != 0 || last != 63 || approximation != 0) {
            throw new CodecException(start, "a scan of a part of the spectrum");
        }
        HuffmanTable acTable = present(ac[destination(tables & 0xF, start)], "AC Huffman", start);
        int[] quantizers = present(quantization[quantizationTable], "quantization", start);
        frame.requireBytes(stream.length, 4 * 64); // two bits for each block at least
        return new DctScan(frame, bits, dcTable, acTable, quantizers, precision, restartInterval);
    }

    private static <T> T present(@Nullable T table, String name, long start) {
        if (table == null) {
            throw new CodecException(start, "the " + name + " table that the scan names is not there");
        }
        return table;
    }
}
