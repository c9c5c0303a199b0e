package org.myonode.dicom;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a data set as a stream to read, of which the values that lie in files stay there until it is their turn.
 * {@link DataSetWriter} writes into it. Not thread-safe.
 */
final class EncodedDataSet extends OutputStream {
    private interface Part {
        InputStream open() throws IOException;
    }

    private final List<Part> parts = new ArrayList<>();
    private final ByteArrayOutputStream small = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
        small.write(b);
    }

    @Override
    public void write(byte[] bytes, int start, int length) {
        small.write(bytes, start, length);
    }

    void value(Content.Plain value) throws IOException {
        if (value instanceof Content.InFile file && file.swappedWordBytes() == 1) {
            endPart();
            parts.add(file::open);
        } else {
            value.writeTo(this);
        }
    }

    private void endPart() {
        if (small.size() > 0) {
            byte[] bytes = small.toByteArray();
            parts.add(() -> new ByteArrayInputStream(bytes));
            small.reset();
        }
    }

    /** What has been written. */
    InputStream read() {
        endPart();
        return new InputStream() {
            private InputStream current = InputStream.nullInputStream();
            private int next;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int start, int length) throws IOException {
                int count = current.read(target, start, length);
                while (count < 0 && next < parts.size()) {
                    current.close();
                    current = parts.get(next++).open();
                    count = current.read(target, start, length);
                }
                return count;
            }

            @Override
            public void close() throws IOException {
                current.close();
            }
        };
    }
}
