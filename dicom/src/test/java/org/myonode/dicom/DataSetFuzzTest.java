package org.myonode.dicom;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Any bytes as a Part 10 file. Without JAZZER_FUZZ the seeds are run once; CONTRIBUTING tells how to let it search. */
class DataSetFuzzTest {
    @FuzzTest(maxDuration = "5s")
    void partTen(byte[] bytes) throws IOException {
        Parsed.file(bytes);
    }
}
