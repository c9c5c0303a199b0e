package org.myonode.dicom.codec;

import com.github.jaiimageio.jpeg2000.impl.J2KImageReader;
import com.github.jaiimageio.jpeg2000.impl.J2KImageReaderSpi;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG 2000 part 1 (ISO/IEC 15444-1) for one component, decoded by JJ2000.
 *
 * <p>JJ2000 takes a stream that ends too early for one that was meant to be of lower quality, and believes what a header
 * claims. So the main header and the chain of tile-parts are checked here first.
 */
final class Jpeg2000Decoder {
    private static final int SOC = 0x4F;
    private static final int SIZ = 0x51;
    private static final int COD = 0x52;
    private static final int SOT = 0x90;
    private static final int EOC = 0xD9;

    /** A frame needs one tile; scanners write a few. Each costs the decoder memory before it holds any pixel. */
    private static final long MAXIMUM_TILES = 4096;

    private static final J2KImageReaderSpi READERS = new J2KImageReaderSpi();

    private Jpeg2000Decoder() {}

    static int decode(byte[] stream, Frame frame, short[] target, int at) {
        Segments in = new Segments(stream);
        if (in.marker() != SOC) {
            throw new CodecException(0, "no start of codestream");
        }
        int precision = mainHeader(in, frame);
        tileParts(in, stream.length);
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
        return precision;
    }

    /** A.4 and A.5: everything up to the first tile-part. Leaves the reader behind the marker SOT; returns the bits per sample. */
    private static int mainHeader(Segments in, Frame frame) {
        int precision = 0;
        while (true) {
            int marker = in.marker();
            long start = in.offset();
            if (marker == SOT) {
                if (precision == 0) {
                    throw new CodecException(start, "a tile-part without image size");
                }
                return precision;
            }
            if (marker < 0x30 || marker == EOC) {
                throw new CodecException(start, String.format("marker FF%02X in the main header", marker));
            }
            if (marker > 0x3F) {
                in.begin("a marker segment");
                if (marker == SIZ) {
                    precision = size(in, frame);
                } else if (marker == COD) {
                    codingStyle(in);
                }
                in.finish();
            }
        }
    }

    /** A.5.1. */
    private static int size(Segments in, Frame frame) {
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
            throw new CodecException(start, "an image area from " + left + ", " + top + " to " + right + ", " + bottom);
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
        return precision;
    }

    private static long parts(long whole, long part) {
        return (whole + part - 1) / part;
    }

    /** A.6.1: what sizes the decoder's tables. */
    private static void codingStyle(Segments in) {
        long start = in.offset();
        in.unsignedByte("Scod");
        in.unsignedByte("SGcod progression order");
        int layers = in.unsignedShort("SGcod layers");
        in.unsignedByte("SGcod transformation");
        int levels = in.unsignedByte("SPcod levels");
        int width = in.unsignedByte("SPcod width") + 2;
        int height = in.unsignedByte("SPcod height") + 2;
        if (layers < 1 || layers > 1024 || levels > 32 || width > 10 || height > 10 || width + height > 12) {
            throw new CodecException(
                    start, layers + " layers, " + levels + " levels, code-blocks of 2^" + width + " x 2^" + height);
        }
    }

    /** A.4.2: every tile-part says how long it is; a stream that was cut off cannot keep that promise. */
    private static void tileParts(Segments in, int streamLength) {
        while (true) {
            long start = in.offset() - 2L;
            in.begin("SOT");
            in.unsignedShort("Isot");
            long length = in.unsignedInt("Psot");
            in.finish();
            long next = start + length;
            if (length == 0) {
                in.requireEnd(EOC);
                return;
            }
            if (length < 14 || next > streamLength) {
                throw new CodecException(
                        start, "a tile-part claims " + length + " bytes where " + (streamLength - start) + " are left");
            }
            in.seek((int) next);
            // The end marker itself is dispensable once every tile-part is whole.
            if (in.atEnd() || in.marker() == EOC) {
                return;
            }
        }
    }

    private static Raster read(byte[] stream) {
        J2KImageReader reader = new J2KImageReader(READERS);
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(stream))) {
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
}
