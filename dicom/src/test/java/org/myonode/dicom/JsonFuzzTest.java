package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Any bytes as DICOM JSON: data sets that can be written and read again, or an error. */
class JsonFuzzTest {
    @FuzzTest(maxDuration = "5s")
    void metadata(byte[] bytes) throws IOException {
        try {
            for (DicomJson.Metadata one : DicomJson.readMetadata(new ByteArrayInputStream(bytes), 1 << 20)) {
                String once = DicomJson.write(one.dataSet());
                assertThat(DicomJson.write(DicomJson.read(once).get(0))).isEqualTo(once);
            }
        } catch (DicomException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }
}
