package org.myonode.dicom.contract;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The part of a DICOM toolkit that knows data sets and files (PS3.5, PS3.10). */
public interface FileToolkit {
    /** A Part 10 file with these attributes, in a transfer syntax that is not compressed. */
    byte[] write(Map<Integer, Value> dataSet, String transferSyntaxUid) throws IOException;

    /** The attributes of a Part 10 file without those of group 0002 and group lengths; empty when it is refused. */
    Optional<Map<Integer, Value>> read(byte[] file) throws IOException;
}
