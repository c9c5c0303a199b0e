package org.myonode.dicom.codec;

import com.github.jaiimageio.jpeg2000.impl.J2KImageReader;
import com.github.jaiimageio.jpeg2000.impl.J2KImageReaderSpi;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.util.Set;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/**
 * JPEG 2000 part 1 (ISO/IEC 15444-1) for one component, decoded by JJ2000.
 *
 * <p>JJ2000 takes a stream that ends too early for one that was meant to be of lower quality, and believes what a header
 * claims. So the main header and the chain of tile-parts are checked here first.
 */
final class Jpeg2000Decoder implements CompressedFrame {
    private static final int SOC = 0x4F;
    private static final int SIZ = 0x51;
    private static final int COD = 0x52;
    private static final int SOT = 0x90;
    private static final int SOP = 0x91;
    private static final int EPH = 0x92;
    private static final int SOD = 0x93;
    private static final int EOC = 0xD9;

    private static final int TLM = 0x55;
    private static final int PLM = 0x57;
    private static final int PLT = 0x58;
    private static final int QCD = 0x5C;
    private static final int CRG = 0x63;
    private static final int COM = 0x64;

    /** What one component needs; not among them what gives a second one, or a tile, a style of its own. */
    private static final Set<Integer> MAIN_HEADER = Set.of(SIZ, COD, QCD, TLM, PLM, CRG, COM);

    private static final Set<Integer> TILE_PART_HEADER = Set.of(PLT, COM);

    /** A frame needs one tile; scanners write a few. Each costs the decoder memory before it holds any pixel. */
    private static final long MAXIMUM_TILES = 4096;

    private static final J2KImageReaderSpi READERS = new J2KImageReaderSpi();

    private final byte[] stream;
    private final Frame frame;
    private final int precision;

    private Jpeg2000Decoder(byte[] stream, Frame frame, int precision) {
        this.stream = stream;
        this.frame = frame;
        this.precision = precision;
    }

    static CompressedFrame open(byte[] stream, Frame frame) {
        Segments in = new Segments(stream);
        if (in.marker() != SOC) {
            throw new CodecException(0, "no start of codestream");
        }
        Size size = mainHeader(in, frame, stream.length);
        tileParts(in, stream);
        return new Jpeg2000Decoder(stream, frame, size.precision);
    }

    @Override
    public int precision() {
        return precision;
    }

    @Override
    public void decode(short[] target, int at) {
        Raster raster = read(stream);
        if (raster.getWidth() != frame.columns() || raster.getHeight() != frame.rows()) {
            throw new CodecException(raster.getHeight() + " x " + raster.getWidth() + " pixels were decoded");
        }
        int[] row = new int[frame.columns()];
        for (int y = 0; y < frame.rows(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
            int to = at + y * row.length;
            for (int x = 0; x < row.length; x++) {
                target[to + x] = (short) row[x];
            }
        }
    }

    /** A.4 and A.5: everything up to the first tile-part. Leaves the reader behind the marker SOT. */
    private static Size mainHeader(Segments in, Frame frame, int streamLength) {
        @Nullable Size size = null;
        @Nullable CodingStyle style = null;
        while (true) {
            int marker = in.marker();
            long start = in.offset();
            if (marker == SOT) {
                if (size == null || style == null) {
                    throw new CodecException(start, "a tile-part without image size and coding style");
                }
                // B.9 and B.10: the header of a packet has a byte at least.
                long packets = style.layers * size.precincts(style);
                if (packets > streamLength) {
                    throw new CodecException(start, packets + " packets in " + streamLength + " bytes");
                }
                return size;
            }
            if (!MAIN_HEADER.contains(marker)) {
                throw new CodecException(start, String.format("marker FF%02X in the main header", marker));
            }
            in.begin("a marker segment");
            if (marker == SIZ) {
                size = Size.read(in, frame);
            } else if (marker == COD) {
                style = CodingStyle.read(in);
            }
            in.finish();
        }
    }

    /** A.5.1: the image area and the grid of tiles on it. */
    private record Size(
            int precision,
            long left,
            long top,
            long right,
            long bottom,
            long tileLeft,
            long tileTop,
            long tileWidth,
            long tileHeight) {

        static Size read(Segments in, Frame frame) {
            long start = in.offset();
            in.unsignedShort("Rsiz");
            long right = in.unsignedInt("Xsiz");
            long bottom = in.unsignedInt("Ysiz");
            long left = in.unsignedInt("XOsiz");
            long top = in.unsignedInt("YOsiz");
            long tileWidth = in.unsignedInt("XTsiz");
            long tileHeight = in.unsignedInt("YTsiz");
            long tileLeft = in.unsignedInt("XTOsiz");
            long tileTop = in.unsignedInt("YTOsiz");
            int components = in.unsignedShort("Csiz");
            int precision = (in.unsignedByte("Ssiz") & 0x7F) + 1;
            int separations = in.unsignedShort("XRsiz, YRsiz");
            long rows = bottom - top;
            long columns = right - left;
            if (rows < 1 || columns < 1 || rows > 0xFFFF || columns > 0xFFFF || right > 1 << 24 || bottom > 1 << 24) {
                throw new CodecException(
                        start, "an image area from " + left + ", " + top + " to " + right + ", " + bottom);
            }
            frame.require(start, (int) rows, (int) columns, components, precision);
            if (separations != 0x0101) {
                throw new CodecException(start, "a subsampled component");
            }
            if (tileWidth < 1
                    || tileHeight < 1
                    || tileLeft > left
                    || tileTop > top
                    || tileLeft + tileWidth <= left
                    || tileTop + tileHeight <= top
                    || parts(right - tileLeft, tileWidth) * parts(bottom - tileTop, tileHeight) > MAXIMUM_TILES) {
                throw new CodecException(
                        start, "tiles of " + tileWidth + " x " + tileHeight + " from " + tileLeft + ", " + tileTop);
            }
            return new Size(precision, left, top, right, bottom, tileLeft, tileTop, tileWidth, tileHeight);
        }

        /** B.6: the precincts of all resolutions of all tiles. */
        long precincts(CodingStyle style) {
            long sum = 0;
            for (int resolution = 0; resolution <= style.levels; resolution++) {
                int reduced = style.levels - resolution;
                int precinct = style.precincts[resolution];
                sum += along(left, right, tileLeft, tileWidth, reduced, precinct & 0xF)
                        * along(top, bottom, tileTop, tileHeight, reduced, precinct >> 4);
            }
            return sum;
        }

        private static long along(long from, long to, long tileFrom, long tile, int reduced, int precinct) {
            long sum = 0;
            for (long at = tileFrom; at < to; at += tile) {
                long first = parts(Math.max(at, from), 1L << reduced);
                long end = parts(Math.min(at + tile, to), 1L << reduced);
                if (end > first) {
                    sum += parts(end, 1L << precinct) - (first >> precinct);
                }
            }
            return sum;
        }
    }

    private static long parts(long whole, long part) {
        return (whole + part - 1) / part;
    }

    /**
     * A.6.1.
     *
     * @param precincts of each resolution the exponents of its precinct size, width in the lower half
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record CodingStyle(int layers, int levels, int[] precincts) {
        static CodingStyle read(Segments in) {
            long start = in.offset();
            int style = in.unsignedByte("Scod");
            in.unsignedByte("SGcod progression order");
            int layers = in.unsignedShort("SGcod layers");
            in.unsignedByte("SGcod transformation");
            int levels = in.unsignedByte("SPcod levels");
            int width = in.unsignedByte("SPcod width") + 2;
            int height = in.unsignedByte("SPcod height") + 2;
            in.unsignedByte("SPcod style");
            in.unsignedByte("SPcod transformation");
            if (layers < 1 || levels > 32 || width > 10 || height > 10 || width + height > 12) {
                throw new CodecException(
                        start, layers + " layers, " + levels + " levels, code-blocks of 2^" + width + " x 2^" + height);
            }
            int[] precincts = new int[levels + 1];
            for (int resolution = 0; resolution <= levels; resolution++) {
                precincts[resolution] = (style & 1) == 0 ? 0xFF : in.unsignedByte("SPcod precinct size");
            }
            return new CodingStyle(layers, levels, precincts);
        }
    }

    /** A.4.2: every tile-part says how long it is; a stream that was cut off cannot keep that promise. */
    private static void tileParts(Segments in, byte[] stream) {
        int streamLength = stream.length;
        while (true) {
            long start = in.offset() - 2L;
            in.begin("SOT");
            in.unsignedShort("Isot");
            long length = in.unsignedInt("Psot");
            in.finish();
            long next = start + length;
            if (length != 0 && (length < 14 || next > streamLength)) {
                throw new CodecException(
                        start, "a tile-part claims " + length + " bytes where " + (streamLength - start) + " are left");
            }
            tilePartHeader(in);
            if (length == 0) {
                int end = in.requireEnd(EOC);
                packets(stream, in.offset(), end);
                return;
            }
            packets(stream, in.offset(), (int) next);
            in.seek((int) next);
            // The end marker itself is dispensable once every tile-part is whole.
            if (in.atEnd() || in.marker() == EOC) {
                return;
            }
        }
    }

    /** What a tile might code in another way than the main header says would escape the checks above. */
    private static void tilePartHeader(Segments in) {
        while (true) {
            int marker = in.marker();
            if (marker == SOD) {
                return;
            }
            if (!TILE_PART_HEADER.contains(marker)) {
                throw new CodecException(
                        in.offset(), String.format("marker FF%02X in the header of a tile-part", marker));
            }
            in.begin("a marker segment");
            in.finish();
        }
    }

    /** B.10.1 and C.2.10: no marker above FF8F but SOP and EPH occurs in packets; JJ2000 does not return from FFFF. */
    private static void packets(byte[] stream, int from, int end) {
        for (int at = from; at + 1 < end; at++) {
            int next = stream[at + 1] & 0xFF;
            if (stream[at] == (byte) 0xFF && next > 0x8F && next != SOP && next != EPH) {
                throw new CodecException(at, String.format("marker FF%02X inside a packet", next));
            }
        }
    }

    private static Raster read(byte[] stream) {
        J2KImageReader reader = new J2KImageReader(READERS);
        try (ImageInputStream input = new WholeStream(stream)) {
            reader.setInput(input, true, true);
            return reader.readRaster(0, null);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw undecodable(e);
        } catch (Error e) {
            // JJ2000 has no exception of its own for a bad stream: it throws whatever it trips over, a bare Error too.
            if (e.getClass() == Error.class || e.getClass().getName().startsWith("jj2000.")) {
                throw undecodable(e);
            }
            throw e;
        } finally {
            reader.dispose();
        }
    }

    private static CodecException undecodable(Throwable cause) {
        return new CodecException("the JPEG 2000 stream cannot be decoded: " + cause, cause);
    }

    /** Throws at the end: JJ2000 takes the -1 of an ordinary stream for eight more bits, all 1, and reads on for ever. */
    private static final class WholeStream extends ImageInputStreamImpl {
        private final byte[] bytes;

        WholeStream(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            bitOffset = 0;
            return bytes[position(1)] & 0xFF;
        }

        @Override
        public int read(byte[] target, int start, int length) throws IOException {
            bitOffset = 0;
            if (length == 0) {
                return 0;
            }
            int count = (int) Math.min(length, Math.max(1, bytes.length - streamPos));
            System.arraycopy(bytes, position(count), target, start, count);
            return count;
        }

        private int position(int count) throws EOFException {
            if (streamPos >= bytes.length) {
                throw new EOFException("read behind the end");
            }
            int at = (int) streamPos;
            streamPos += count;
            return at;
        }

        @Override
        public long length() {
            return bytes.length;
        }
    }
}
