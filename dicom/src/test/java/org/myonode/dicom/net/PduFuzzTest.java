package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Any bytes as a PDU, or behind a byte 0 as a command set: it round-trips, or the error names field and offset. */
class PduFuzzTest {
    @FuzzTest(maxDuration = "5s")
    void pdu(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(bytes, 1, bytes.length);
        try {
            if (bytes[0] == 0) {
                byte[] once = CommandSet.decode(body).encode();
                assertThat(CommandSet.decode(once).encode()).isEqualTo(once);
                return;
            }
            PduDecoder.checkHeader(bytes[0] & 0xFF, body.length, 0);
            if (bytes[0] != Pdu.P_DATA_TF) {
                byte[] once = PduEncoder.encode(PduDecoder.decode(bytes[0] & 0xFF, body));
                byte[] twice =
                        PduEncoder.encode(PduDecoder.decode(once[0] & 0xFF, Arrays.copyOfRange(once, 6, once.length)));
                assertThat(twice).isEqualTo(once);
            }
        } catch (PduException e) {
            assertThat(e.field()).isNotEmpty();
            assertThat(e.offset()).isBetween(0L, bytes.length + 6L);
        }
    }
}
