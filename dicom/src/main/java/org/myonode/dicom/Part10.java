package org.myonode.dicom;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * DICOM files (PS3.10 section 7) and bare data sets (PS3.5). Bytes that are no DICOM, or damaged, are a
 * {@link DicomException} with tag and offset; an {@link IOException} means that the device failed. Thread-safe.
 */
public final class Part10 {
    /** Implementation Class UID (0002,0012), also for associations (PS3.7 D.3.3.2). */
    public static final String IMPLEMENTATION_CLASS_UID = "2.25.155012386846938215337107246471106263407";

    /** Implementation Version Name (0002,0013), at most 16 characters. */
    public static final String IMPLEMENTATION_VERSION_NAME = "MYONODE_0_1";

    private static final int PREAMBLE = 128;
    private static final int FILE_BUFFER = 1 << 16;
    private static final int HEADER_BUFFER = 1 << 13;

    private Part10() {}

    /**
     * Reads a file. Values of 32 MiB and more stay in the file and are read each time they are asked for: it must then
     * live, at the same path, as long as the data set is used.
     */
    public static DicomFile read(Path path) throws IOException {
        return read(path, FILE_BUFFER, DataSetReader.TO_THE_END);
    }

    /** Reads a file up to its pixel data, which is then absent; cheap whatever the size of the file. */
    public static DicomFile readHeader(Path path) throws IOException {
        return read(path, HEADER_BUFFER, DataSetReader.PIXELS);
    }

    /** Reads a file from a stream, to its end. */
    public static DicomFile read(InputStream in) throws IOException {
        return read(new Source(in, 0, -1, FILE_BUFFER), null, DataSetReader.TO_THE_END);
    }

    private static DicomFile read(Path path, int bufferBytes, int stopAt) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return read(new Source(in, 0, Files.size(path), bufferBytes), path, stopAt);
        }
    }

    private static DicomFile read(Source source, @Nullable Path path, int stopAt) throws IOException {
        skipPreamble(source);
        DataSetReader reader = new DataSetReader(source, null, DataSetReader.TO_THE_END);
        DataSet meta = reader.meta();
        return new DicomFile(meta, dataSet(source, reader.transferSyntax(meta), path, stopAt));
    }

    /** PS3.10 7.1: 128 bytes of anything and "DICM". Some files begin with group 0002 at once. */
    private static void skipPreamble(Source source) throws IOException {
        if (source.peek(PREAMBLE) == 'D'
                && source.peek(PREAMBLE + 1) == 'I'
                && source.peek(PREAMBLE + 2) == 'C'
                && source.peek(PREAMBLE + 3) == 'M') {
            source.skip(PREAMBLE + 4);
            return;
        }
        boolean metaAtOnce = source.peek(0) == 2 && source.peek(1) == 0 && source.peek(3) == 0 && source.peek(4) == 'U';
        if (!metaAtOnce) {
            throw new DicomException("not a DICOM file: neither a preamble with DICM nor file meta information");
        }
    }

    /**
     * A file that comes as a stream, open at its data set.
     *
     * @param meta the file meta information
     * @param dataSet the bytes of the data set in its transfer syntax, as the stream delivers them
     */
    public record Opened(DataSet meta, InputStream dataSet) {}

    /** Reads the file meta information and leaves the data set in the stream, for data sets that go from there to a file. */
    public static Opened open(InputStream in) throws IOException {
        Source source = new Source(in, 0, -1, HEADER_BUFFER);
        skipPreamble(source);
        return new Opened(new DataSetReader(source, null, DataSetReader.TO_THE_END).meta(), source.rest());
    }

    /**
     * Looks at the first elements of a data set and puts the stream back to where it was.
     *
     * @param in must support mark
     * @param last the last tag that is wanted; what follows is not read
     * @param mostBytes how far to look
     * @throws DicomException when that is not enough
     */
    public static DataSet peek(InputStream in, String transferSyntaxUid, int last, int mostBytes) throws IOException {
        in.mark(mostBytes);
        try {
            TransferSyntax syntax = TransferSyntax.of(transferSyntaxUid);
            Source source = new Source(new ByteArrayInputStream(in.readNBytes(mostBytes)), 0, -1, HEADER_BUFFER);
            return dataSet(source, syntax, null, last + 1);
        } finally {
            in.reset();
        }
    }

    /** Reads a data set to the end of the stream; nothing but the data set, as it travels on an association. */
    public static DataSet readDataSet(InputStream in, String transferSyntaxUid) throws IOException {
        return dataSet(
                new Source(in, 0, -1, HEADER_BUFFER),
                TransferSyntax.of(transferSyntaxUid),
                null,
                DataSetReader.TO_THE_END);
    }

    /**
     * Reads a data set to the end of the stream, as strictly as {@link #readDataSet(InputStream, String)}, but keeps only
     * some elements of its outermost level. Memory does not grow with the data set; what is dropped is asked of the stream
     * by {@link InputStream#skip}.
     *
     * @param tags of the elements to keep; sequences are kept without what is in them
     * @throws DicomException when it is no whole data set
     */
    public static DataSet scanDataSet(InputStream in, String transferSyntaxUid, Set<Integer> tags) throws IOException {
        return dataSet(
                new Source(in, 0, -1, HEADER_BUFFER),
                TransferSyntax.of(transferSyntaxUid),
                source -> DataSetReader.keeping(source, tags));
    }

    /** Reads a data set from its bytes. */
    public static DataSet readDataSet(byte[] bytes, String transferSyntaxUid) {
        Source source = new Source(new ByteArrayInputStream(bytes), 0, bytes.length, 512);
        try {
            return dataSet(source, TransferSyntax.of(transferSyntaxUid), null, DataSetReader.TO_THE_END);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataSet dataSet(Source source, TransferSyntax syntax, @Nullable Path path, int stopAt)
            throws IOException {
        // Of a deflated data set nothing lies in the file as it is.
        return dataSet(source, syntax, plain -> new DataSetReader(plain, syntax.deflated() ? null : path, stopAt));
    }

    private static DataSet dataSet(Source source, TransferSyntax syntax, Function<Source, DataSetReader> reader)
            throws IOException {
        if (!syntax.deflated()) {
            return reader.apply(source).dataSet(syntax);
        }
        Inflater inflater = new Inflater(true);
        try {
            // Some writers leave a zlib header (RFC 1950) in front of the raw deflate stream that PS3.5 A.5 wants.
            if (source.peek(0) == 0x78 && (source.peek(0) << 8 | source.peek(1)) % 31 == 0) {
                source.skip(2);
            }
            InputStream inflated = new InflaterInputStream(source.rest(), inflater, FILE_BUFFER);
            return reader.apply(new Source(inflated, 0, -1, FILE_BUFFER)).dataSet(syntax);
        } catch (ZipException | EOFException e) {
            throw new DicomException("the deflated data set is damaged near offset " + source.offset(), e);
        } finally {
            inflater.end();
        }
    }

    /**
     * A file around a data set: meta information made from SOP Class UID and SOP Instance UID, with this implementation
     * as the writer.
     *
     * @throws DicomException when the data set lacks one of the two
     */
    public static DicomFile of(DataSet dataSet, String transferSyntaxUid) {
        DataSet meta = new DataSet()
                .setBytes(Tag.FileMetaInformationVersion, VR.OB, new byte[] {0, 1})
                .set(Tag.MediaStorageSOPClassUID, dataSet.requireText(Tag.SOPClassUID))
                .set(Tag.MediaStorageSOPInstanceUID, dataSet.requireText(Tag.SOPInstanceUID))
                .set(Tag.TransferSyntaxUID, transferSyntaxUid)
                .set(Tag.ImplementationClassUID, IMPLEMENTATION_CLASS_UID)
                .set(Tag.ImplementationVersionName, IMPLEMENTATION_VERSION_NAME);
        return new DicomFile(meta, dataSet);
    }

    /** Writes a file in the transfer syntax that its meta information names; an existing one is replaced. */
    public static void write(Path path, DicomFile file) throws IOException {
        try (OutputStream out = Files.newOutputStream(path)) {
            write(out, file);
        }
    }

    /** Writes a file to a stream, which stays open. */
    public static void write(OutputStream out, DicomFile file) throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, FILE_BUFFER);
        writeMeta(buffered, file.meta());
        write(buffered, file.dataSet(), TransferSyntax.of(file.transferSyntax()));
        buffered.flush();
    }

    /** Writes what stands before the data set of a file, for a data set whose bytes are there already. */
    public static void writeMeta(OutputStream out, DataSet meta) throws IOException {
        out.write(new byte[PREAMBLE]);
        out.write(new byte[] {'D', 'I', 'C', 'M'});
        new DataSetWriter(out, TransferSyntax.EXPLICIT_LITTLE_ENDIAN)
                .write(withGroupLength(meta, Tag.FileMetaInformationGroupLength, true));
    }

    /** The bytes of a data set; of a command set (group 0000) the group length is computed. */
    public static byte[] encodeDataSet(DataSet dataSet, String transferSyntaxUid) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TransferSyntax syntax = TransferSyntax.of(transferSyntaxUid);
        boolean command = dataSet.tags().stream().anyMatch(tag -> tag >>> 16 == 0);
        DataSet complete = command ? withGroupLength(dataSet, Tag.CommandGroupLength, syntax.explicitVr()) : dataSet;
        try {
            write(out, complete, syntax);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * The same bytes as a stream: values that lie in files are read when it is their turn and are never in memory.
     *
     * @param transferSyntaxUid any but a deflated one
     */
    public static InputStream encodedDataSet(DataSet dataSet, String transferSyntaxUid) throws IOException {
        TransferSyntax syntax = TransferSyntax.of(transferSyntaxUid);
        if (syntax.deflated()) {
            throw new IllegalArgumentException("a deflated data set is not streamed: " + transferSyntaxUid);
        }
        EncodedDataSet encoded = new EncodedDataSet();
        new DataSetWriter(encoded, syntax).write(dataSet);
        return encoded.read();
    }

    private static void write(OutputStream out, DataSet dataSet, TransferSyntax syntax) throws IOException {
        if (!syntax.deflated()) {
            new DataSetWriter(out, syntax).write(dataSet);
            return;
        }
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            CountingStream counted = new CountingStream(out);
            DeflaterOutputStream deflated = new DeflaterOutputStream(counted, deflater, FILE_BUFFER);
            BufferedOutputStream buffered = new BufferedOutputStream(deflated, FILE_BUFFER);
            new DataSetWriter(buffered, syntax).write(dataSet);
            buffered.flush();
            deflated.finish();
            if (counted.count % 2 != 0) {
                out.write(0); // PS3.5 A.5: a NUL makes an odd deflated stream even.
            }
        } finally {
            deflater.end();
        }
    }

    private static DataSet withGroupLength(DataSet dataSet, int tag, boolean explicitVr) {
        DataSet copy = dataSet.copy().remove(tag);
        TransferSyntax syntax =
                explicitVr ? TransferSyntax.EXPLICIT_LITTLE_ENDIAN : TransferSyntax.IMPLICIT_LITTLE_ENDIAN;
        int length = Math.toIntExact(new DataSetWriter(OutputStream.nullOutputStream(), syntax).length(copy));
        return copy.set(tag, length);
    }

    private static final class CountingStream extends java.io.FilterOutputStream {
        private long count;

        CountingStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            out.write(bytes, start, length);
            count += length;
        }
    }
}
