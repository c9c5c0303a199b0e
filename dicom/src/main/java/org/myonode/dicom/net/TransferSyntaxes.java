package org.myonode.dicom.net;

import java.util.List;
import java.util.Set;
import org.myonode.dicom.UID;

/** The transfer syntaxes the node negotiates (PS3.6 table A-1). */
final class TransferSyntaxes {
    static final String IMPLICIT_LE = UID.ImplicitVRLittleEndian;
    static final String EXPLICIT_LE = UID.ExplicitVRLittleEndian;
    static final String DEFLATED = UID.DeflatedExplicitVRLittleEndian;
    static final String EXPLICIT_BE = UID.ExplicitVRBigEndian;
    static final String RLE = UID.RLELossless;
    static final String JPEG_BASELINE = UID.JPEGBaseline8Bit;
    static final String JPEG_EXTENDED = UID.JPEGExtended12Bit;
    static final String JPEG_LOSSLESS = UID.JPEGLossless;
    static final String JPEG_LOSSLESS_SV1 = UID.JPEGLosslessSV1;
    static final String JPEG_LS_LOSSLESS = UID.JPEGLSLossless;
    static final String JPEG_LS_NEAR_LOSSLESS = UID.JPEGLSNearLossless;
    static final String JPEG_2000_LOSSLESS = UID.JPEG2000Lossless;
    static final String JPEG_2000 = UID.JPEG2000;
    static final String HTJ2K_LOSSLESS = UID.HTJ2KLossless;
    static final String HTJ2K_LOSSLESS_RPCL = UID.HTJ2KLosslessRPCL;
    static final String HTJ2K = UID.HTJ2K;

    /** Data sets in these can be written anew in another of them without touching a pixel. */
    private static final Set<String> UNCOMPRESSED = Set.of(IMPLICIT_LE, EXPLICIT_LE, DEFLATED, EXPLICIT_BE);

    /** Plain ones first, then lossless, then lossy: a peer that offers a choice need not cost us a decoder. */
    static final List<String> BY_PREFERENCE = List.of(
            EXPLICIT_LE,
            IMPLICIT_LE,
            DEFLATED,
            EXPLICIT_BE,
            RLE,
            JPEG_LOSSLESS_SV1,
            JPEG_LOSSLESS,
            JPEG_LS_LOSSLESS,
            JPEG_2000_LOSSLESS,
            HTJ2K_LOSSLESS,
            HTJ2K_LOSSLESS_RPCL,
            JPEG_LS_NEAR_LOSSLESS,
            JPEG_2000,
            HTJ2K,
            JPEG_BASELINE,
            JPEG_EXTENDED);

    private TransferSyntaxes() {}

    static boolean isUncompressed(String transferSyntax) {
        return UNCOMPRESSED.contains(transferSyntax);
    }
}
