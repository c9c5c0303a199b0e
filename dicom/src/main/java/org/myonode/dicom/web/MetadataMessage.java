package org.myonode.dicom.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomJson;
import org.myonode.dicom.DicomJson.BulkDataReference;
import org.myonode.dicom.DicomJson.Metadata;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/**
 * A Store request that brings metadata as DICOM JSON and bulk data in parts of their own (PS3.18 sections 8.6.1.2 and
 * 10.5.1.4). Bulk data goes to one file on the disk as it comes; in memory is the metadata alone.
 *
 * <p>{@code application/octet-stream} is a value in little endian order. Any other media type is the compressed pixel data
 * of one frame, in the syntax that its parameter {@code transfer-syntax} names. Not thread-safe.
 */
final class MetadataMessage implements AutoCloseable {
    /** For all metadata of a request; that of a CT slice has some ten thousand. */
    static final int MAXIMUM_METADATA = 8 << 20;

    private static final int BUFFER = 1 << 16;

    /** Where a part lies in the file, and what it is. */
    private record Bulk(long offset, long length, MediaType type) {}

    /**
     * One instance.
     *
     * @param problem why it cannot be stored; empty when it can
     */
    record Instance(DataSet dataSet, String transferSyntax, String problem) {}

    private final List<Metadata> metadata = new ArrayList<>();
    private final Map<String, Bulk> bulkData = new HashMap<>();
    private final Path file;
    private final OutputStream out;
    private long written;
    private long metadataLeft = MAXIMUM_METADATA;

    /** @throws SpoolException when there is no place for bulk data in this folder */
    MetadataMessage(Path folder) throws SpoolException {
        try {
            file = Files.createTempFile(Files.createDirectories(folder), "bulk-", ".tmp");
            out = Files.newOutputStream(file);
        } catch (IOException e) {
            throw new SpoolException(e);
        }
    }

    /** The disk did not take what came: no fault of the client, and a later attempt may succeed. */
    static final class SpoolException extends IOException {
        private static final long serialVersionUID = 1L;

        SpoolException(IOException cause) {
            super("bulk data cannot be kept: " + cause.getMessage(), cause);
        }
    }

    /** @throws MultipartException when it is neither metadata nor bulk data */
    void add(MultipartReader.Part part) throws IOException {
        MediaType type = part.mediaType().orElseThrow(() -> new MultipartException("a part has no Content-Type"));
        if (type.type().equals(DicomJson.MEDIA_TYPE)) {
            addMetadata(part.body());
            return;
        }
        String location = part.header("content-location")
                .orElseThrow(() -> new MultipartException("a part with bulk data has no Content-Location"));
        long offset = written;
        copy(part.body());
        if (bulkData.put(location, new Bulk(offset, written - offset, type)) != null) {
            throw new MultipartException("two parts have the same Content-Location");
        }
    }

    private void addMetadata(InputStream body) throws IOException {
        CountingStream counted = new CountingStream(body);
        try {
            metadata.addAll(DicomJson.readMetadata(counted, metadataLeft));
        } catch (DicomException e) {
            throw new MultipartException("the metadata cannot be read: " + e.getMessage());
        }
        metadataLeft = Math.max(0, metadataLeft - counted.count());
    }

    private void copy(InputStream body) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            try {
                out.write(buffer, 0, count);
            } catch (IOException e) {
                throw new SpoolException(e);
            }
            written += count;
        }
    }

    /** The instances with their bulk data in place, once all parts have been added; valid until this is closed. */
    List<Instance> instances() {
        return metadata.stream().map(this::instance).toList();
    }

    private Instance instance(Metadata one) {
        DataSet dataSet = one.dataSet();
        for (int tag : List.copyOf(dataSet.tags())) {
            if (tag >>> 16 == 2) {
                // File meta information is no part of a data set, and it is for us to write.
                dataSet.remove(tag);
            }
        }
        String syntax = UID.ExplicitVRLittleEndian;
        for (BulkDataReference reference : one.bulkData()) {
            Bulk bulk = bulkData.get(reference.uri());
            if (bulk == null) {
                return problem(dataSet, reference, "no part has its BulkDataURI as Content-Location");
            }
            if (bulk.type().type().equals(MediaType.OCTET_STREAM)) {
                reference.dataSet().setBytes(reference.tag(), reference.vr(), file, bulk.offset(), bulk.length());
                continue;
            }
            Optional<String> named = bulk.type().parameter("transfer-syntax").filter(StoreService::isUid);
            if (!isPixelDataOf(dataSet, reference)) {
                return problem(dataSet, reference, "compressed, and not the pixel data of the instance");
            } else if (named.isEmpty()) {
                return problem(dataSet, reference, bulk.type().type() + " without the parameter transfer-syntax");
            } else if (dataSet.integer(Tag.NumberOfFrames).orElse(1) != 1) {
                return problem(dataSet, reference, "several compressed frames in one part");
            }
            syntax = named.get();
            dataSet.setFragment(Tag.PixelData, VR.OB, file, bulk.offset(), bulk.length());
        }
        return new Instance(dataSet, syntax, "");
    }

    /** Not that of an item, such as an icon. */
    @SuppressWarnings("ReferenceEquality") // the very same object
    private static boolean isPixelDataOf(DataSet dataSet, BulkDataReference reference) {
        return reference.tag() == Tag.PixelData && reference.dataSet() == dataSet;
    }

    private static Instance problem(DataSet dataSet, BulkDataReference reference, String problem) {
        return new Instance(dataSet, "", String.valueOf(new DicomException(reference.tag(), problem).getMessage()));
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
