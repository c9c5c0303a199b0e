package org.myonode.dicom.codec;

import java.util.Map;
import java.util.Set;

/**
 * Decoders by transfer syntax. Thread-safe.
 *
 * <p>Decoded are RLE, JPEG baseline and extended (processes 1, 2 and 4), JPEG lossless (process 14), JPEG-LS lossless and
 * near-lossless, and JPEG 2000 part 1.
 */
public final class FrameDecoder {
    private static final String RLE = "1.2.840.10008.1.2.5";
    private static final String JPEG_BASELINE = "1.2.840.10008.1.2.4.50";
    private static final String JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
    private static final String JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57";
    private static final String JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70";
    private static final String JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80";
    private static final String JPEG_LS_NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81";
    private static final String JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90";
    private static final String JPEG_2000 = "1.2.840.10008.1.2.4.91";

    private static final Map<String, Decoder> DECODERS = Map.of(
            RLE, RleDecoder::decode,
            JPEG_BASELINE, JpegDecoder::decode,
            JPEG_EXTENDED, JpegDecoder::decode,
            JPEG_LOSSLESS, JpegDecoder::decode,
            JPEG_LOSSLESS_SV1, JpegDecoder::decode,
            JPEG_LS_LOSSLESS, JpegLsDecoder::decode,
            JPEG_LS_NEAR_LOSSLESS, JpegLsDecoder::decode,
            JPEG_2000_LOSSLESS, Jpeg2000Decoder::decode,
            JPEG_2000, Jpeg2000Decoder::decode);

    private FrameDecoder() {}

    /** Writes the stored values of a frame into an array from an index on; returns the bits per sample of the stream. */
    interface Decoder {
        int decode(byte[] stream, Frame frame, short[] target, int at);
    }

    /** The UIDs of the transfer syntaxes whose frames can be decoded. */
    public static Set<String> transferSyntaxes() {
        return DECODERS.keySet();
    }

    /**
     * Decodes one frame.
     *
     * @param stream the whole bit stream of the frame, its fragments joined
     * @param target where the values go, as bit patterns: those of fewer than 16 bits are not sign-extended
     * @param at index of the first value in {@code target}
     * @return bits per sample of the stream, which may be more than the data set has stored
     * @throws CodecException when the stream is not what it should be
     */
    public static int decode(String transferSyntaxUid, byte[] stream, Frame frame, short[] target, int at) {
        Decoder decoder = DECODERS.get(transferSyntaxUid);
        if (decoder == null) {
            throw new CodecException("there is no decoder for the transfer syntax " + transferSyntaxUid);
        }
        return decoder.decode(stream, frame, target, at);
    }
}
