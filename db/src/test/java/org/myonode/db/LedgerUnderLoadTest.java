package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.myonode.db.Entries.entry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many threads on one ledger, with exact counts. */
final class LedgerUnderLoadTest {

    private static final Logger log = LoggerFactory.getLogger(LedgerUnderLoadTest.class);
    private static final int THREADS = 16;

    private static TestDatabase test;

    private final MutableClock clock = new MutableClock();
    private final Ledger ledger = new Ledger(test.database(), clock);

    @BeforeAll
    static void open() {
        test = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        test.close();
    }

    @Test
    void oneOfManyClaimsWins() throws Exception {
        for (int round = 0; round < 20; round++) {
            String study = "2.25.1" + round;
            ledger.record(entry(study, 1));
            clock.advance(Duration.ofMinutes(1));
            ledger.sealQuiet(Duration.ofMinutes(1));
            Revision revision = new Revision(study, 1);

            assertThat(all(i -> ledger.queued(revision))).containsOnlyOnce(true);
            assertThat(all(i -> ledger.claim(revision, "worker" + i)).stream().flatMap(Optional::stream))
                    .hasSize(1);
            clock.advance(ledger.policy().heartbeatTimeout().plusMillis(1));
            assertThat(all(i -> ledger.claim(revision, "worker" + i)).stream().flatMap(Optional::stream))
                    .singleElement()
                    .extracting(Attempt::number)
                    .isEqualTo(2);
        }
    }

    @Test
    void sameInstanceFromManyAssociationsIsRecordedOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            InstanceEntry entry = entry("2.25.2" + round, 1);
            List<Receipt> receipts = all(i -> ledger.record(entry));
            assertThat(receipts).containsOnlyOnce(Receipt.NEW).containsOnly(Receipt.NEW, Receipt.DUPLICATE);
            assertThat(ledger.revisions(entry.studyUid()))
                    .singleElement()
                    .extracting(StudyRow::instances)
                    .isEqualTo(1);
        }
    }

    @Test
    void sealingWhileInstancesArriveLosesNone() throws Exception {
        String study = "2.25.3";
        int perThread = 25;
        all(i -> {
            for (int k = 0; k < perThread; k++) {
                ledger.record(entry(study, i * perThread + k));
                ledger.sealQuiet(Duration.ZERO);
            }
            return true;
        });
        ledger.sealQuiet(Duration.ZERO);
        List<StudyRow> revisions = ledger.revisions(study);
        StudyRow last = revisions.get(revisions.size() - 1);
        assertThat(last.instances()).isEqualTo(THREADS * perThread);
        assertThat(ledger.instances(last.revision())).hasSize(THREADS * perThread);
        assertThat(revisions).allMatch(row -> row.state() == StudyState.SEALED);
        assertThat(revisions)
                .extracting(row -> row.revision().number())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, revisions.size()).boxed().toList());
    }

    @Test
    void theLastTwoDeliveriesAtOnceStillExport() throws Exception {
        for (int round = 0; round < 10; round++) {
            String study = "2.25.4" + round;
            ledger.record(entry(study, 1));
            clock.advance(Duration.ofMinutes(1));
            ledger.sealQuiet(Duration.ofMinutes(1));
            Revision revision = new Revision(study, 1);
            ledger.queued(revision);
            Attempt attempt = ledger.claim(revision, "w").orElseThrow();
            List<OutputObject> objects = IntStream.range(0, THREADS)
                    .mapToObj(i -> new OutputObject("SEG", "1.2", study + ".9." + i, java.nio.file.Path.of("f"), "00"))
                    .toList();
            ledger.produced(
                    attempt, new Product("{}", Optional.empty(), objects), List.of(new Route("pacs", Set.of("SEG"))));

            List<Boolean> told = all(i -> {
                List<Delivery> mine = ledger.dueDeliveries(1, Duration.ofMinutes(1));
                return mine.size() == 1 && ledger.delivered(mine.get(0));
            });

            assertThat(told).containsOnly(true);
            assertThat(ledger.study(study).orElseThrow().state()).isEqualTo(StudyState.EXPORTED);
        }
    }

    @Test
    void tenThousandInstancesAreCountedExactly() throws Exception {
        int studies = 40;
        int perStudy = 250;
        long before = ledger.instanceCount();
        long start = System.nanoTime();
        // Threads share studies, so that they meet on the same rows; each instance is sent twice by every tenth thread.
        List<Map<Receipt, Long>> receipts = all(thread -> {
            List<Receipt> mine = new ArrayList<>();
            for (int k = thread; k < studies * perStudy; k += THREADS) {
                InstanceEntry entry = entry("2.25.5" + (100 + k % studies), k);
                mine.add(ledger.record(entry));
                if (k % 10 == 0) {
                    mine.add(ledger.record(entry));
                }
            }
            return mine.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        });
        double seconds = (System.nanoTime() - start) / 1e9;

        assertThat(count(receipts, Receipt.NEW)).isEqualTo(10_000);
        assertThat(count(receipts, Receipt.DUPLICATE)).isEqualTo(1_000);
        assertThat(ledger.instanceCount() - before).isEqualTo(10_000);
        for (int i = 0; i < studies; i++) {
            assertThat(ledger.study("2.25.5" + (100 + i)).orElseThrow().instances())
                    .isEqualTo(perStudy);
        }
        log.warn("10,000 instances recorded in {} s: {} per second", seconds, Math.round(10_000 / seconds));
    }

    private static long count(List<Map<Receipt, Long>> receipts, Receipt receipt) {
        return receipts.stream().mapToLong(map -> map.getOrDefault(receipt, 0L)).sum();
    }

    /** The same work in many threads that start together. */
    private static <T> List<T> all(Function<Integer, T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Callable<T>> tasks = IntStream.range(0, THREADS)
                    .mapToObj(i -> (Callable<T>) () -> {
                        start.await();
                        return work.apply(i);
                    })
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
