package org.myonode.workers.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.myonode.db.Database;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.Route;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;

/** Real schedulers on a real PostgreSQL; whoever waits, waits for a latch. */
final class JobQueueTest {
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void two_nodes_on_one_database_run_each_study_once() throws InterruptedException {
        int studies = 40;
        Map<Revision, AtomicInteger> runs = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> perNode = new ConcurrentHashMap<>();
        CountDownLatch done = new CountDownLatch(studies);
        try (Database other = Database.open(database.config(), Clock.systemUTC());
                JobQueue a = JobQueue.start(
                        database.database(),
                        new QueueConfig("a", 2, 1),
                        counting("a", runs, perNode, done),
                        Clock.systemUTC());
                JobQueue b = JobQueue.start(
                        other, new QueueConfig("b", 2, 1), counting("b", runs, perNode, done), Clock.systemUTC())) {
            List<Revision> revisions = IntStream.range(0, studies)
                    .mapToObj(k -> new Revision("1.2." + k, 1))
                    .toList();
            for (Revision revision : revisions) {
                (revision.hashCode() % 2 == 0 ? a : b).submitStudy(revision, false);
            }

            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();

            assertThat(runs.keySet()).containsExactlyInAnyOrderElementsOf(revisions);
        }
        assertThat(runs.values()).allSatisfy(count -> assertThat(count).hasValue(1));
        assertThat(perNode.keySet()).isNotEmpty();
    }

    @Test
    void what_is_done_daily_is_done_at_its_time_until_it_is_taken_away() throws InterruptedException {
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        Work work = new Work() {
            @Override
            public void study(Revision revision) {}

            @Override
            public void deliver() {}

            @Override
            public void daily(String name) {
                done.add(name);
            }
        };
        try (JobQueue queue =
                JobQueue.start(database.database(), new QueueConfig("a", 1, 0), work, Clock.systemUTC())) {
            LocalTime soon = LocalTime.ofInstant(Clock.systemUTC().instant().plusSeconds(2), ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.SECONDS);
            queue.daily("check", soon.plusHours(5), ZoneOffset.UTC);
            queue.daily("check", soon, ZoneOffset.UTC);
            queue.daily("check", soon, ZoneOffset.UTC);
            queue.daily("another", soon, ZoneOffset.UTC);
            queue.notDaily("another");

            assertThat(done.poll(60, TimeUnit.SECONDS)).isEqualTo("check");
            queue.notDaily("check");
            queue.notDaily("never was");
        }
        assertThat(done).isEmpty();
    }

    private static Work counting(
            String node, Map<Revision, AtomicInteger> runs, Map<String, AtomicInteger> perNode, CountDownLatch done) {
        return new Work() {
            @Override
            public void study(Revision revision) {
                runs.computeIfAbsent(revision, ignored -> new AtomicInteger()).incrementAndGet();
                perNode.computeIfAbsent(node, ignored -> new AtomicInteger()).incrementAndGet();
                done.countDown();
            }

            @Override
            public void deliver() {}
        };
    }

    @Test
    void a_second_submission_is_a_no_op_and_an_urgent_study_overtakes_the_backlog() throws InterruptedException {
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Work work = new Work() {
            @Override
            public void study(Revision revision) {
                started.countDown();
                await(gate);
                order.add(revision.studyUid());
            }

            @Override
            public void deliver() {}
        };
        try (JobQueue queue =
                JobQueue.start(database.database(), new QueueConfig("a", 1, 0), work, Clock.systemUTC())) {
            assertThat(queue.submitStudy(new Revision("first", 1), false)).isTrue();
            assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(queue.submitStudy(new Revision("second", 1), false)).isTrue();
            assertThat(queue.submitStudy(new Revision("second", 1), false)).isFalse();
            assertThat(queue.submitStudy(new Revision("urgent", 1), true)).isTrue();
            assertThat(queue.studiesWithJob()).containsExactlyInAnyOrder("first#1", "second#1", "urgent#1");
            gate.countDown();

            assertThat(order.poll(30, TimeUnit.SECONDS)).isEqualTo("first");
            assertThat(order.poll(30, TimeUnit.SECONDS)).isEqualTo("urgent");
            assertThat(order.poll(30, TimeUnit.SECONDS)).isEqualTo("second");
        }
    }

    @Test
    void the_sweeper_submits_what_has_no_job_what_went_silent_and_what_is_due() throws InterruptedException {
        MutableClock clock = new MutableClock();
        Ledger ledger = new Ledger(database.database(), clock);
        BlockingQueue<Revision> studies = new LinkedBlockingQueue<>();
        BlockingQueue<String> deliveries = new LinkedBlockingQueue<>();
        Work work = new Work() {
            @Override
            public void study(Revision revision) {
                studies.add(revision);
            }

            @Override
            public void deliver() {
                deliveries.add("round");
            }
        };
        try (JobQueue queue =
                JobQueue.start(database.database(), new QueueConfig("a", 1, 1), work, Clock.systemUTC())) {
            Sweeper sweeper = new Sweeper(ledger, queue);
            assertThat(sweeper.tick()).isZero();

            Revision revision = Studies.sealed(ledger, clock, "1.2.3");
            assertThat(sweeper.tick()).isEqualTo(1);
            assertThat(studies.poll(30, TimeUnit.SECONDS)).isEqualTo(revision);
            assertThat(ledger.study("1.2.3").orElseThrow().state()).isEqualTo(StudyState.QUEUED);

            // A worker claims it and is never heard of again.
            var attempt = ledger.claim(revision, "gone").orElseThrow();
            clock.advance(Duration.ofSeconds(20));
            assertThat(sweeper.tick()).isZero();
            clock.advance(Duration.ofSeconds(20));
            awaitNoJob(queue);
            assertThat(sweeper.tick()).isEqualTo(1);
            assertThat(studies.poll(30, TimeUnit.SECONDS)).isEqualTo(revision);

            OutputObject seg = new OutputObject("SEG", "1.2.3.4", "1.2.3.9", Path.of("seg.dcm"), "00");
            ledger.claim(revision, "other")
                    .ifPresent(second -> ledger.produced(
                            second,
                            new Product("{}", Optional.empty(), List.of(seg)),
                            List.of(new Route("pacs", Set.of("SEG")))));
            assertThat(ledger.noL3(attempt, "late", "{}")).isFalse();
            awaitNoJob(queue);
            assertThat(sweeper.tick()).isEqualTo(1);
            assertThat(deliveries.poll(30, TimeUnit.SECONDS)).isEqualTo("round");
        }
    }

    @Test
    void a_node_without_threads_submits_and_leaves_the_work_to_others() throws InterruptedException {
        BlockingQueue<String> worked = new LinkedBlockingQueue<>();
        try (JobQueue receiver = JobQueue.start(
                database.database(), new QueueConfig("receiver", 0, 0), into("receiver", worked), Clock.systemUTC())) {
            receiver.submitStudy(new Revision("1.2.3", 1), false);
            assertThat(receiver.studiesWithJob()).containsExactly("1.2.3#1");
            try (JobQueue worker = JobQueue.start(
                    database.database(), new QueueConfig("worker", 1, 1), into("worker", worked), Clock.systemUTC())) {
                assertThat(worked.poll(30, TimeUnit.SECONDS)).isEqualTo("worker 1.2.3#1");
            }
        }
    }

    @Test
    void an_experiment_that_takes_hours_is_submitted_once_and_holds_up_no_study() throws InterruptedException {
        BlockingQueue<String> worked = new LinkedBlockingQueue<>();
        CountDownLatch gate = new CountDownLatch(1);
        Work work = new Work() {
            @Override
            public void study(Revision revision) {
                worked.add("study");
            }

            @Override
            public void deliver() {}

            @Override
            public void train(String experiment) {
                worked.add("begins " + experiment);
                await(gate);
                worked.add("ends " + experiment);
            }
        };
        try (JobQueue queue =
                JobQueue.start(database.database(), new QueueConfig("a", 1, 0, 1), work, Clock.systemUTC())) {
            assertThat(queue.submitTraining("curve")).isTrue();
            assertThat(worked.poll(30, TimeUnit.SECONDS)).isEqualTo("begins curve");
            assertThat(queue.submitTraining("curve")).isFalse();
            assertThat(queue.studiesWithJob()).isEmpty();
            queue.submitStudy(new Revision("1.2.3", 1), false);
            assertThat(worked.poll(30, TimeUnit.SECONDS)).isEqualTo("study");
            gate.countDown();
            assertThat(worked.poll(30, TimeUnit.SECONDS)).isEqualTo("ends curve");
        }
    }

    @Test
    void the_job_class_keeps_the_name_that_is_written_into_the_store() {
        assertThat(StudyJob.class.getName()).isEqualTo("org.myonode.workers.queue.StudyJob");
    }

    private static Work into(String node, BlockingQueue<String> worked) {
        return new Work() {
            @Override
            public void study(Revision revision) {
                worked.add(node + " " + revision);
            }

            @Override
            public void deliver() {}
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The job is deleted a moment after its work has returned. */
    private static void awaitNoJob(JobQueue queue) {
        org.assertj.core.api.Assertions.assertThatCode(() -> {
                    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                    while (!queue.studiesWithJob().isEmpty()) {
                        if (System.nanoTime() > end) {
                            throw new AssertionError("still there: " + queue.studiesWithJob());
                        }
                        Thread.onSpinWait();
                    }
                })
                .doesNotThrowAnyException();
    }
}
