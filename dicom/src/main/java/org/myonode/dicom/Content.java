package org.myonode.dicom;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The value field of one data element. */
sealed interface Content {

    /** A value that is a run of bytes, in little endian order. */
    sealed interface Plain extends Content {
        long length();

        byte[] bytes();

        /** Writes the bytes; what is in a file is not in memory meanwhile. */
        default void writeTo(OutputStream out) throws IOException {
            out.write(bytes());
        }
    }

    /** Bytes in memory; never changed once they are here, so copies of a data set share them. */
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the array
    record Memory(byte[] bytes) implements Plain {
        static final Memory EMPTY = new Memory(new byte[0]);

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Plain plain && Arrays.equals(bytes, plain.bytes());
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    /** A large value that stays in the file it was found in; the file must live as long as the data set is used. */
    record InFile(Path file, long offset, long length, int swappedWordBytes) implements Plain {
        @Override
        public byte[] bytes() {
            if (length > Integer.MAX_VALUE - 8) {
                throw new DicomException(
                        "a value of " + length + " bytes in " + file.getFileName() + " does not fit into memory");
            }
            try (FileChannel channel = FileChannel.open(file)) {
                ByteBuffer buffer = ByteBuffer.allocate((int) length);
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, offset + buffer.position()) < 0) {
                        throw new EOFException(file.getFileName() + " became shorter while it was in use");
                    }
                }
                byte[] bytes = buffer.array();
                ByteOrders.swap(bytes, swappedWordBytes);
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (swappedWordBytes > 1) {
                out.write(bytes());
                return;
            }
            try (InputStream in = open()) {
                in.transferTo(out);
            }
        }

        /** The bytes as they lie in the file. */
        InputStream open() throws IOException {
            FileChannel channel = FileChannel.open(file);
            channel.position(offset);
            return new Stretch(Channels.newInputStream(channel), length);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Plain plain && plain.length() == length && Arrays.equals(bytes(), plain.bytes());
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes());
        }
    }

    /** So many bytes of a stream, which has to have them. */
    final class Stretch extends FilterInputStream {
        private long left;

        Stretch(InputStream in, long length) {
            super(in);
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int start, int count) throws IOException {
            if (left == 0) {
                return count == 0 ? 0 : -1;
            }
            int read = in.read(target, start, (int) Math.min(count, left));
            if (read < 0) {
                throw new EOFException("a file became shorter while it was in use");
            }
            left -= read;
            return read;
        }
    }

    /** The items of a sequence. */
    record Items(List<DataSet> items) implements Content {}

    /** Encapsulated pixel data: the basic offset table, often empty, and the fragments (PS3.5 annex A.4). */
    record Fragments(List<Plain> fragments) implements Content {}
}
