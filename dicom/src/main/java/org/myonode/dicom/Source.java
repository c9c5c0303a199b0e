package org.myonode.dicom;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream of bytes that knows where it is. Values are read in chunks, so that a length which the stream does not live
 * up to costs no more memory than the stream has bytes.
 */
final class Source {
    private static final int CHUNK = 1 << 16;

    private final InputStream in;
    private final byte[] buffer;
    private final long size;
    private int position;
    private int limit;
    private long bufferOffset;
    private boolean bigEndian;

    /** @param size bytes from here to the end of the stream, negative when not known */
    Source(InputStream in, long offset, long size, int bufferBytes) {
        this.in = in;
        this.bufferOffset = offset;
        this.size = size < 0 ? -1 : offset + size;
        this.buffer = new byte[bufferBytes];
    }

    void bigEndian(boolean value) {
        bigEndian = value;
    }

    /** Bytes from the start of the stream to the next one to be read. */
    long offset() {
        return bufferOffset + position;
    }

    /** Bytes that are left, or {@link Long#MAX_VALUE} when the size of the stream is not known. */
    long remaining() {
        return size < 0 ? Long.MAX_VALUE : size - offset();
    }

    boolean atEnd() throws IOException {
        return !fill(1);
    }

    /** The byte that lies so many bytes ahead, or -1 behind the end. */
    int peek(int ahead) throws IOException {
        return fill(ahead + 1) ? buffer[position + ahead] & 0xFF : -1;
    }

    int unsignedByte() throws IOException {
        require(1);
        return buffer[position++] & 0xFF;
    }

    int unsignedShort() throws IOException {
        require(2);
        int first = buffer[position] & 0xFF;
        int second = buffer[position + 1] & 0xFF;
        position += 2;
        return bigEndian ? (first << 8) | second : (second << 8) | first;
    }

    long unsignedInt() throws IOException {
        long first = unsignedShort();
        long second = unsignedShort();
        return bigEndian ? (first << 16) | second : (second << 16) | first;
    }

    int tag() throws IOException {
        return unsignedShort() << 16 | unsignedShort();
    }

    /**
     * The next bytes.
     *
     * @throws EOFException when the stream ends before
     */
    byte[] bytes(int length) throws IOException {
        if (length <= limit - position || length <= CHUNK || (length <= remaining() && size >= 0)) {
            byte[] bytes = new byte[length];
            int done = take(bytes, 0, length);
            if (done < length) {
                throw new EOFException();
            }
            return bytes;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(CHUNK);
        byte[] chunk = new byte[CHUNK];
        for (int left = length; left > 0; ) {
            int done = take(chunk, 0, Math.min(left, CHUNK));
            if (done == 0) {
                throw new EOFException();
            }
            out.write(chunk, 0, done);
            left -= done;
        }
        return out.toByteArray();
    }

    void skip(long length) throws IOException {
        long left = length;
        int buffered = (int) Math.min(left, limit - position);
        position += buffered;
        left -= buffered;
        while (left > 0) {
            long skipped = in.skip(left);
            if (skipped <= 0) {
                if (in.read() < 0) {
                    throw new EOFException();
                }
                skipped = 1;
            }
            bufferOffset += skipped;
            left -= skipped;
        }
    }

    /** What is left, for a decoder that takes over. */
    InputStream rest() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return fill(1) ? buffer[position++] & 0xFF : -1;
            }

            @Override
            public int read(byte[] bytes, int start, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (!fill(1)) {
                    return -1;
                }
                int count = Math.min(length, limit - position);
                System.arraycopy(buffer, position, bytes, start, count);
                position += count;
                return count;
            }
        };
    }

    private int take(byte[] target, int start, int length) throws IOException {
        int done = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, start, done);
        position += done;
        while (done < length) {
            int read = in.read(target, start + done, length - done);
            if (read < 0) {
                break;
            }
            bufferOffset += read;
            done += read;
        }
        return done;
    }

    private void require(int count) throws IOException {
        if (limit - position < count && !fill(count)) {
            throw new EOFException();
        }
    }

    private boolean fill(int count) throws IOException {
        if (limit - position >= count) {
            return true;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        bufferOffset += position;
        limit -= position;
        position = 0;
        while (limit < count) {
            int read = in.read(buffer, limit, buffer.length - limit);
            if (read < 0) {
                return false;
            }
            limit += read;
        }
        return true;
    }
}
