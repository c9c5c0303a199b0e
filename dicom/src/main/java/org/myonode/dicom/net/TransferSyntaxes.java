package org.myonode.dicom.net;

import java.util.List;
import java.util.Set;

/** The transfer syntaxes the node negotiates (PS3.6 table A-1). */
final class TransferSyntaxes {
    static final String IMPLICIT_LE = "1.2.840.10008.1.2";
    static final String EXPLICIT_LE = "1.2.840.10008.1.2.1";
    static final String DEFLATED = "1.2.840.10008.1.2.1.99";
    static final String EXPLICIT_BE = "1.2.840.10008.1.2.2";
    static final String RLE = "1.2.840.10008.1.2.5";
    static final String JPEG_BASELINE = "1.2.840.10008.1.2.4.50";
    static final String JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
    static final String JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57";
    static final String JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70";
    static final String JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80";
    static final String JPEG_LS_NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81";
    static final String JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90";
    static final String JPEG_2000 = "1.2.840.10008.1.2.4.91";
    static final String HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201";
    static final String HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202";
    static final String HTJ2K = "1.2.840.10008.1.2.4.203";

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
