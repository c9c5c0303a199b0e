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
            RLE, RleDecoder::open,
            JPEG_BASELINE, JpegDecoder::open,
            JPEG_EXTENDED, JpegDecoder::open,
            JPEG_LOSSLESS, JpegDecoder::open,
            JPEG_LOSSLESS_SV1, JpegDecoder::open,
            JPEG_LS_LOSSLESS, JpegLsDecoder::open,
            JPEG_LS_NEAR_LOSSLESS, JpegLsDecoder::open,
            JPEG_2000_LOSSLESS, Jpeg2000Decoder::open,
            JPEG_2000, Jpeg2000Decoder::open);

    private FrameDecoder() {}

    private interface Decoder {
        CompressedFrame open(byte[] stream, Frame frame);
    }

    /** The UIDs of the transfer syntaxes whose frames can be decoded. */
    public static Set<String> transferSyntaxes() {
        return DECODERS.keySet();
    }

    /**
     * Reads the headers of one frame and compares them with what the data set says, so that memory for its samples is
     * spent only on a stream that can hold them.
     *
     * @param stream the whole bit stream of the frame, its fragments joined
     * @throws CodecException when the stream is not what it should be
     */
    public static CompressedFrame open(String transferSyntaxUid, byte[] stream, Frame frame) {
        Decoder decoder = DECODERS.get(transferSyntaxUid);
        if (decoder == null) {
            throw new CodecException("there is no decoder for the transfer syntax " + transferSyntaxUid);
        }
        return decoder.open(stream, frame);
    }
}
