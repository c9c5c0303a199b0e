package org.myonode.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/** Preamble and file meta information of a received instance (PS3.10 section 7.1). */
final class MetaHeader {

    private static final byte[] PREFIX = "DICM".getBytes(StandardCharsets.US_ASCII);
    private static final int PREAMBLE = 128;

    private MetaHeader() {}

    /** Everything that stands in the file before the data set. */
    static byte[] of(Incoming instance) {
        DataSet named = new DataSet()
                .set(Tag.SOPClassUID, instance.sopClassUid())
                .set(Tag.SOPInstanceUID, instance.sopInstanceUid());
        DataSet meta = Part10.of(named, instance.transferSyntax())
                .meta()
                .set(Tag.SourceApplicationEntityTitle, instance.sourceAeTitle());
        byte[] elements = Part10.encodeDataSet(meta, UID.ExplicitVRLittleEndian);
        byte[] length = Part10.encodeDataSet(
                new DataSet().set(Tag.FileMetaInformationGroupLength, elements.length), UID.ExplicitVRLittleEndian);
        return ByteBuffer.allocate(PREAMBLE + PREFIX.length + length.length + elements.length)
                .position(PREAMBLE)
                .put(PREFIX)
                .put(length)
                .put(elements)
                .array();
    }
}
