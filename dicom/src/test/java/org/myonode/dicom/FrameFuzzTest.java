package org.myonode.dicom;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import org.myonode.dicom.codec.CodecException;
import org.myonode.dicom.codec.Frame;
import org.myonode.dicom.codec.FrameDecoder;

/** Any bytes as a compressed frame; the first one chooses the transfer syntax. */
class FrameFuzzTest {
    static final List<String> SYNTAXES = List.of(
            UID.RLELossless,
            UID.JPEGLossless,
            UID.JPEGBaseline8Bit,
            UID.JPEGExtended12Bit,
            UID.JPEGLSLossless,
            UID.JPEGLSNearLossless,
            UID.JPEG2000Lossless,
            UID.JPEG2000);

    private static final Frame FRAME = new Frame(CtSlices.ROWS, CtSlices.COLUMNS, 16);

    @FuzzTest(maxDuration = "5s")
    void frame(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        try {
            byte[] stream = Arrays.copyOfRange(bytes, 1, bytes.length);
            String syntax = SYNTAXES.get((bytes[0] & 0xFF) % SYNTAXES.size());
            FrameDecoder.open(syntax, stream, FRAME).decode(new short[CtSlices.ROWS * CtSlices.COLUMNS], 0);
        } catch (CodecException expected) {
            // a frame or this
        }
    }
}
