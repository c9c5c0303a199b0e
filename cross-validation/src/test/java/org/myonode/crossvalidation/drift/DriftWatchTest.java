package org.myonode.crossvalidation.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.myonode.crossvalidation.experiment.Candidate;
import org.myonode.db.Attempt;
import org.myonode.db.ContourSlice;
import org.myonode.db.ExpertContour;
import org.myonode.db.ExpertContours;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.Surveillance;
import org.myonode.db.TestDatabase;
import org.myonode.workers.volume.Mask;

/** Studies whose distribution is known, in a real ledger. */
final class DriftWatchTest {

    private static final int N = 32;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private TestDatabase database;
    private MutableClock clock;
    private Ledger ledger;
    private Surveillance surveillance;
    private int studies;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        clock = new MutableClock(BEGIN);
        ledger = new Ledger(database.database(), clock);
        surveillance = new Surveillance(database.database(), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private DriftWatch watch() {
        return new DriftWatch(
                surveillance,
                new ExpertContours(database.database(), clock),
                DriftPolicy.DEFAULT,
                0.01,
                "MyoNode test",
                clock);
    }

    private static Candidate model(int radius) {
        return new Candidate("m 1", "ab".repeat(32), slice -> new Mask(N, N, disc(radius)));
    }

    private static boolean[] disc(int radius) {
        boolean[] pixels = new boolean[N * N];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Math.hypot(i % N - 16, i / N - 16) < radius;
        }
        return pixels;
    }

    /** A study that is received, measured and done with. */
    private void study(double thickness, String kernel, int age, double areaCm2, boolean found) {
        String uid = "1.2." + ++studies;
        clock.advance(Duration.ofHours(1));
        ledger.record(new InstanceEntry(
                uid,
                uid + ".2",
                uid + ".1",
                "1.2.840.10008.5.1.4.1.1.2",
                "1.2.840.10008.1.2.1",
                Path.of("x" + studies),
                1,
                "0".repeat(64),
                "A",
                "B"));
        clock.advance(Duration.ofMinutes(2));
        for (Revision revision : ledger.sealQuiet(Duration.ofMinutes(1))) {
            ledger.queued(revision);
            Attempt attempt = ledger.claim(revision, "w").orElseThrow();
            if (found) {
                String json = String.format(
                        Locale.ROOT,
                        "{\"muscle\":{\"areaCm2\":%.2f,\"meanHu\":40.5},\"input\":{\"sliceThicknessMm\":%.1f,"
                                + "\"kernel\":\"%s\",\"ageYears\":%d,\"medianHu\":%d,\"p90Hu\":120}}",
                        areaCm2,
                        thickness,
                        kernel,
                        age,
                        (int) (-20 + areaCm2 / 20));
                ledger.produced(attempt, new Product(json, java.util.Optional.empty(), List.of()), List.of());
            } else {
                ledger.noL3(attempt, "no L3", "{\"l3\":{\"found\":false}}");
            }
        }
    }

    /** Studies of one scanner and the patients of one clinic. */
    private void studies(int count, long seed, double areaShift, double thickness, String kernel, double refused) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            study(
                    random.nextDouble() < 0.5 ? thickness : 5,
                    random.nextDouble() < 0.7 ? kernel : "B30F",
                    40 + random.nextInt(40),
                    150 + areaShift + 25 * random.nextGaussian(),
                    random.nextDouble() >= refused);
        }
    }

    @Test
    void studies_that_come_from_where_they_always_came_do_not_alert() throws Exception {
        studies(130, 1, 0, 3, "B31F", 0.05);

        DriftReport report = watch().check(BEGIN, model(8), () -> false);

        assertThat(report.alerts()).isEmpty();
        assertThat(report.baseline()).isEqualTo(80);
        assertThat(report.recent()).isEqualTo(50);
        assertThat(report.quantities())
                .hasSize(8)
                .allSatisfy(one -> assertThat(one.verdict()).isEqualTo(DriftReport.Verdict.STEADY));
        assertThat(surveillance.checks(5)).singleElement().satisfies(check -> {
            assertThat(check.alerts()).isZero();
            assertThat(DriftReport.read(check.reportJson())).isEqualTo(report);
        });
        assertThat(ledger.audit("")).isEmpty();
    }

    @Test
    void another_scanner_and_smaller_areas_and_refusals_alert_each_by_its_name() throws Exception {
        studies(80, 1, 0, 3, "B31F", 0.02);
        studies(50, 2, -45, 0.8, "BR40", 0.3);

        DriftReport report = watch().check(BEGIN, model(8), () -> false);

        assertThat(report.quantities())
                .filteredOn(one -> one.verdict() == DriftReport.Verdict.ALERT)
                .extracting(DriftReport.Outcome::name)
                .contains("slice thickness", "kernel", "muscle area", "refusals")
                .doesNotContain("age", "mean attenuation of muscle", "90th percentile of the slice");
        assertThat(surveillance.checks(1).get(0).alerts())
                .isEqualTo(report.alerts().size());
        assertThat(ledger.audit(""))
                .singleElement()
                .satisfies(row -> assertThat(row.detail()).contains("SHIFTED muscle area"));
    }

    @Test
    void few_studies_never_alert_however_they_differ() throws Exception {
        studies(60, 1, 0, 3, "B31F", 0);
        studies(10, 2, -100, 0.8, "BR40", 0.9);
        // 20 earlier than the last 50: fewer than the minimum of 30.
        DriftReport report = watch().check(BEGIN, model(8), () -> false);

        assertThat(report.alerts()).isEmpty();
        assertThat(report.quantities())
                .allSatisfy(one -> assertThat(one.verdict()).isEqualTo(DriftReport.Verdict.TOO_FEW));
        assertThat(String.join("\n", report.text())).contains("too few values");
    }

    @Test
    void what_came_before_the_model_was_put_into_use_is_not_looked_at() throws Exception {
        studies(100, 1, 60, 0.6, "BR64", 0);
        Instant promoted = clock.instant();
        studies(90, 2, 0, 3, "B31F", 0);

        DriftReport report = watch().check(promoted, model(8), () -> false);

        assertThat(report.alerts()).isEmpty();
        assertThat(report.baseline()).isEqualTo(40);
    }

    @Test
    void the_same_model_that_gives_something_else_on_the_same_contours_alerts() throws Exception {
        new ExpertContours(database.database(), clock)
                .add(
                        new ContourSlice(
                                "2.25.1",
                                "2.25.2",
                                "2.25.3",
                                "2.25.4",
                                "key",
                                0,
                                N,
                                N,
                                1,
                                1,
                                OptionalDouble.of(5),
                                "",
                                "drawn",
                                new short[N * N]),
                        new ExpertContour("2.25.1", "o", "muscle", disc(8), 2, "SEG", "2.25.5", "0".repeat(64)));

        assertThat(watch().check(BEGIN, model(8), () -> false).alerts()).isEmpty();
        assertThat(watch().check(BEGIN, model(8), () -> false).alerts()).isEmpty();
        DriftReport changed = watch().check(BEGIN, model(7), () -> false);

        assertThat(changed.alerts()).singleElement().asString().contains("CHANGED", "1 of 1 stored slices");
        assertThat(watch().check(
                                BEGIN,
                                new Candidate("m 2", "cd".repeat(32), slice -> new Mask(N, N, disc(5))),
                                () -> false)
                        .alerts())
                .as("another model may differ")
                .isEmpty();
    }

    @Test
    void a_check_that_is_cancelled_keeps_nothing() {
        new ExpertContours(database.database(), clock)
                .add(
                        new ContourSlice(
                                "2.25.1",
                                "2.25.2",
                                "2.25.3",
                                "2.25.4",
                                "key",
                                0,
                                N,
                                N,
                                1,
                                1,
                                OptionalDouble.of(5),
                                "",
                                "drawn",
                                new short[N * N]),
                        new ExpertContour("2.25.1", "o", "muscle", disc(8), 2, "SEG", "2.25.5", "0".repeat(64)));

        assertThatThrownBy(() -> watch().check(BEGIN, model(8), () -> true)).isInstanceOf(InterruptedException.class);
        assertThat(surveillance.checks(1)).isEmpty();
    }
}
