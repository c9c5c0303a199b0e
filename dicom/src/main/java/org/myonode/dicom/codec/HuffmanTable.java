package org.myonode.dicom.codec;

/** A Huffman table (ISO/IEC 10918-1 annex C); codes of up to nine bits are found by one look. Immutable. */
final class HuffmanTable {
    private static final int QUICK = 9;
    private static final int LONGEST = 16;

    private final byte[] values;

    /** Of each length the first code behind its codes, shifted to 16 bits: a smaller one has this length at most. */
    private final int[] ends = new int[LONGEST + 1];

    /** What to add to a code of each length to get the index of its value. */
    private final int[] offsets = new int[LONGEST + 1];

    /** For each nine bits {@code length << 8 | value}, or 0 when the code is longer. */
    private final short[] quick = new short[1 << QUICK];

    /** Reads BITS and HUFFVAL (B.2.4.2). */
    static HuffmanTable read(Segments in) {
        long start = in.offset();
        int[] counts = new int[LONGEST + 1];
        int sum = 0;
        for (int length = 1; length <= LONGEST; length++) {
            counts[length] = in.unsignedByte("Li");
            sum += counts[length];
        }
        if (sum > 256) {
            throw new CodecException(start, "a Huffman table of " + sum + " codes");
        }
        byte[] values = new byte[sum];
        for (int i = 0; i < sum; i++) {
            values[i] = (byte) in.unsignedByte("Vij");
        }
        return new HuffmanTable(start, counts, values);
    }

    private HuffmanTable(long offset, int[] counts, byte[] values) {
        this.values = values;
        int code = 0;
        int index = 0;
        for (int length = 1; length <= LONGEST; length++) {
            offsets[length] = index - code;
            for (int i = 0; i < counts[length]; i++, code++, index++) {
                if (code >= 1 << length) {
                    throw new CodecException(offset, "a Huffman table with more codes of " + length + " bits than fit");
                }
                if (length <= QUICK) {
                    int first = code << QUICK - length;
                    for (int entry = first; entry < first + (1 << QUICK - length); entry++) {
                        quick[entry] = (short) (length << 8 | values[index] & 0xFF);
                    }
                }
            }
            ends[length] = code << LONGEST - length;
            code <<= 1;
        }
    }

    /** The value of the next code. */
    int decode(JpegBits bits) {
        int entry = quick[bits.peek(QUICK)];
        if (entry != 0) {
            bits.consume(entry >> 8);
            return entry & 0xFF;
        }
        int code = bits.peek(LONGEST);
        for (int length = QUICK + 1; length <= LONGEST; length++) {
            if (code < ends[length]) {
                bits.consume(length);
                return values[offsets[length] + (code >> LONGEST - length)] & 0xFF;
            }
        }
        throw new CodecException(bits.offset(), "bits that are no Huffman code");
    }
}
