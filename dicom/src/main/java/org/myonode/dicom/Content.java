package org.myonode.dicom;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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
        public boolean equals(Object other) {
            return other instanceof Plain plain && plain.length() == length && Arrays.equals(bytes(), plain.bytes());
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes());
        }
    }

    /** The items of a sequence. */
    record Items(List<DataSet> items) implements Content {}

    /** Encapsulated pixel data: the basic offset table, often empty, and the fragments (PS3.5 annex A.4). */
    record Fragments(List<Plain> fragments) implements Content {}
}
