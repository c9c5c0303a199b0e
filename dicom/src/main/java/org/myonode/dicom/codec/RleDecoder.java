package org.myonode.dicom.codec;

/** RLE (PS3.5 annex G): one PackBits segment for each byte of a sample, the most significant byte first. */
final class RleDecoder implements CompressedFrame {
    private static final int HEADER = 64;

    /** G.3: two bytes stand for 128 at most. */
    private static final int MOST_PER_BYTE = 64;

    private final byte[] stream;
    private final Frame frame;

    /** Where the segments begin, and the end of the last one. */
    private final int[] bounds;

    private RleDecoder(byte[] stream, Frame frame, int[] bounds) {
        this.stream = stream;
        this.frame = frame;
        this.bounds = bounds;
    }

    static CompressedFrame open(byte[] stream, Frame frame) {
        int sampleBytes = frame.bitsAllocated() / 8;
        if (stream.length < HEADER) {
            throw new CodecException(stream.length, "the RLE header of 64 bytes ends");
        }
        // G.5: "number of RLE segments", then 15 offsets, all of 32 bits in little endian order
        long segments = number(stream, 0);
        if (segments != sampleBytes) {
            throw new CodecException(0, segments + " RLE segments where " + sampleBytes + " should be");
        }
        int[] bounds = new int[sampleBytes + 1];
        for (int segment = 0; segment < sampleBytes; segment++) {
            long start = number(stream, 4 + 4 * segment);
            long end = segment + 1 < sampleBytes ? number(stream, 8 + 4 * segment) : stream.length;
            if (start < HEADER || end < start || end > stream.length) {
                throw new CodecException(
                        4L + 4 * segment, "RLE segment " + (segment + 1) + " claims the bytes " + start + " to " + end);
            }
            frame.requireBytes(end - start, MOST_PER_BYTE);
            bounds[segment] = (int) start;
            bounds[segment + 1] = (int) end;
        }
        return new RleDecoder(stream, frame, bounds);
    }

    @Override
    public int precision() {
        return frame.bitsAllocated();
    }

    @Override
    public void decode(short[] target, int at) {
        int segments = bounds.length - 1;
        for (int i = 0; i < segments; i++) {
            segment(stream, bounds[i], bounds[i + 1], target, at, (int) frame.pixels(), 8 * (segments - 1 - i));
        }
    }

    /** G.3: a byte n of 0 to 127 means n + 1 literal bytes; of -1 to -127 the next byte -n + 1 times; -128 nothing. */
    private static void segment(byte[] stream, int start, int end, short[] target, int at, int pixels, int shift) {
        int mask = ~(0xFF << shift);
        int from = start;
        int to = at;
        int stop = at + pixels;
        while (to < stop) {
            if (from >= end) {
                throw new CodecException(from, "an RLE segment ends after " + (to - at) + " of " + pixels + " bytes");
            }
            int n = stream[from++];
            if (n == -128) {
                continue;
            }
            int count = n >= 0 ? n + 1 : 1 - n;
            int needed = n >= 0 ? count : 1;
            if (needed > end - from) {
                throw new CodecException(from, "an RLE run reaches beyond its segment");
            }
            // Some writers let the last run go on into the padding.
            int taken = Math.min(count, stop - to);
            for (int i = 0; i < taken; i++) {
                int value = stream[n >= 0 ? from + i : from] & 0xFF;
                target[to] = (short) (target[to] & mask | value << shift);
                to++;
            }
            from += needed;
        }
    }

    private static long number(byte[] bytes, int at) {
        return bytes[at] & 0xFF
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFFL) << 24;
    }
}
