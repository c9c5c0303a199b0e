package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Valid files of every kind, damaged: each is read or refused where it is wrong, with memory in proportion to its size. */
class MutatedFilesTest {
    /** A few times what a frame or a text needs while it is looked at in every way, beside what a file has in itself. */
    private static final long MEMORY = 24L << 20;

    private static final long MEMORY_PER_BYTE = 400;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyOneIsReadOrRefusedAndNoneCostsMoreThanItsSizeAllows() throws IOException {
        List<byte[]> files = new ArrayList<>();
        for (String name : HostileStreamsTest.FILES) {
            files.add(HostileStreamsTest.bytes(name));
        }
        for (String syntax : List.of(
                UID.ImplicitVRLittleEndian,
                UID.ExplicitVRLittleEndian,
                UID.ExplicitVRBigEndian,
                UID.DeflatedExplicitVRLittleEndian)) {
            for (int seed = 0; seed < 4; seed++) {
                files.add(Part10Test.bytes(Part10.of(new RandomDataSets(seed).next(0), syntax)));
            }
        }
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Random random = new Random(2026);
        int read = 0;
        int count = Mutations.count();
        for (int i = 0; i < count; i++) {
            byte[] file = files.get(random.nextInt(files.size()));
            byte[] other = files.get(random.nextInt(files.size()));
            byte[] mutated = Mutations.mutate(random, file, other);
            long before = memory.getCurrentThreadAllocatedBytes();
            try {
                read += Parsed.file(mutated).isPresent() ? 1 : 0;
            } catch (Throwable broken) {
                throw new AssertionError("mutation " + i + " of " + count, broken);
            }
            assertThat(memory.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated for mutation %d of %d bytes", i, mutated.length)
                    .isLessThan(MEMORY + MEMORY_PER_BYTE * mutated.length);
        }
        System.out.printf("of %d mutated files %d were read, the others refused%n", count, read);
        assertThat(read).isBetween(count / 20, count - count / 20);
    }
}
