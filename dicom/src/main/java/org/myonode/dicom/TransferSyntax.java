package org.myonode.dicom;

import java.util.Set;

/** What a transfer syntax means for the encoding of data elements (PS3.5 section 10 and annex A). */
record TransferSyntax(String uid, boolean explicitVr, boolean bigEndian, boolean deflated, boolean encapsulated) {
    static final TransferSyntax IMPLICIT_LITTLE_ENDIAN =
            new TransferSyntax(UID.ImplicitVRLittleEndian, false, false, false, false);
    static final TransferSyntax EXPLICIT_LITTLE_ENDIAN =
            new TransferSyntax(UID.ExplicitVRLittleEndian, true, false, false, false);

    /** Besides the deflated syntax of annex A.5 the two in which only a URL to the pixels is deflated. */
    private static final Set<String> DEFLATED =
            Set.of(UID.DeflatedExplicitVRLittleEndian, UID.JPIPReferencedDeflate, "1.2.840.10008.1.2.4.205");

    private static final Set<String> NATIVE = Set.of(
            UID.DeflatedExplicitVRLittleEndian,
            UID.JPIPReferencedDeflate,
            "1.2.840.10008.1.2.4.94",
            "1.2.840.10008.1.2.4.204",
            "1.2.840.10008.1.2.4.205");

    /** Every syntax that is not one of the native ones is explicit little endian with encapsulated pixel data. */
    static TransferSyntax of(String uid) {
        return switch (uid) {
            case UID.ImplicitVRLittleEndian -> IMPLICIT_LITTLE_ENDIAN;
            case UID.ExplicitVRLittleEndian -> EXPLICIT_LITTLE_ENDIAN;
            case UID.ExplicitVRBigEndian -> new TransferSyntax(uid, true, true, false, false);
            default -> new TransferSyntax(uid, true, false, DEFLATED.contains(uid), !NATIVE.contains(uid));
        };
    }
}
