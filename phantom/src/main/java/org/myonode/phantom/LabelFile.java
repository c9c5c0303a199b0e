package org.myonode.phantom;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A compressed NIfTI-1 file of labels, written slice by slice from the bottom. */
final class LabelFile implements AutoCloseable {
    private final OutputStream out;

    LabelFile(Path file, int size, int slices, double spacing, double sliceSpacing, double x0, double y0, double z0)
            throws IOException {
        out = new BufferedOutputStream(
                new GZIPOutputStream(Files.newOutputStream(file), 1 << 16) {
                    {
                        def.setLevel(Deflater.BEST_SPEED);
                    }
                },
                1 << 16);
        ByteBuffer header = ByteBuffer.allocate(352).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0, 348);
        short[] dimensions = {3, (short) size, (short) size, (short) slices, 1, 1, 1, 1};
        float[] pitches = {1, (float) spacing, (float) spacing, (float) sliceSpacing, 1, 1, 1, 1};
        for (int i = 0; i < 8; i++) {
            header.putShort(40 + 2 * i, dimensions[i]);
            header.putFloat(76 + 4 * i, pitches[i]);
        }
        header.putShort(70, (short) 2);
        header.putShort(72, (short) 8);
        header.putFloat(108, 352);
        header.putFloat(112, 1);
        header.put(123, (byte) 2);
        header.putShort(254, (short) 1);
        // NIfTI counts x to the right-to-left and y to the front; DICOM counts both the other way.
        float[][] affine = {
            {(float) -spacing, 0, 0, (float) -x0},
            {0, (float) -spacing, 0, (float) -y0},
            {0, 0, (float) sliceSpacing, (float) z0}
        };
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 4; c++) {
                header.putFloat(280 + 16 * r + 4 * c, affine[r][c]);
            }
        }
        header.position(344);
        header.put("n+1\0".getBytes(StandardCharsets.US_ASCII));
        out.write(header.array());
    }

    void add(byte[] labels) throws IOException {
        out.write(labels);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
