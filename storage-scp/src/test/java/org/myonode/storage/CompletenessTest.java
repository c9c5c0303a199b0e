package org.myonode.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.Revision;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.peers.DcmtkQrScp;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.storage.Completeness.Scope;
import org.myonode.storage.Completeness.Series;

/** Over a real ledger, with a sealer as the node has it; the PACS answers what a test wants, or is a real one. */
final class CompletenessTest {

    private static final Duration QUIET = Duration.ofSeconds(60);
    private static final Completeness.Policy POLICY =
            new Completeness.Policy(Duration.ofSeconds(30), Duration.ofMinutes(10));

    private static TestDatabase database;
    private static int studies;

    @TempDir
    Path folder;

    private final MutableClock clock = new MutableClock();
    private final Ledger ledger = new Ledger(database.database(), clock);
    private final Deque<Runnable> questions = new ArrayDeque<>();
    private final List<Series> there = new ArrayList<>();
    private String study;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void begin() {
        study = "1.2.826.10." + ++studies;
    }

    @Test
    void a_study_waits_until_the_pacs_says_that_all_has_come() {
        StudySealer sealer = sealer(Scope.SERIES, uid -> List.copyOf(there));
        there.add(new Series(study + ".1", "CT", 3));
        there.add(new Series(study + ".9", "CT", 500)); // not routed to us
        received(1, 2);

        assertThat(sealer.tick()).as("asked, not answered").isEmpty();
        answer();
        assertThat(sealer.tick()).as("one is missing").isEmpty();
        received(3);
        assertThat(sealer.tick()).as("it is time to ask again").isEmpty();
        answer();
        assertThat(sealer.tick()).containsExactly(new Revision(study, 1));

        assertThat(verdicts())
                .containsExactly(
                        "INCOMPLETE PACS: 1 of 3 instances in 1 series are missing; waiting",
                        "COMPLETE PACS: all of 3 instances in 1 series are here");
    }

    @Test
    void the_same_answer_again_is_no_news_and_after_the_longest_wait_the_study_goes_on() {
        StudySealer sealer = sealer(Scope.SERIES, uid -> List.copyOf(there));
        there.add(new Series(study + ".1", "CT", 3));
        received(1);
        for (int i = 0; i < 20; i++) {
            assertThat(sealer.tick()).isEmpty();
            answer();
            clock.advance(POLICY.interval());
        }
        assertThat(verdicts()).hasSize(1);
        assertThat(sealer.tick()).isEmpty();
        answer();
        assertThat(sealer.tick()).containsExactly(new Revision(study, 1));
        assertThat(verdicts())
                .hasSize(2)
                .last()
                .asString()
                .contains("INCOMPLETE", "2 of 3 instances", "not waited for any longer");
    }

    @Test
    void a_pacs_that_does_not_answer_is_asked_again() {
        boolean[] away = {true};
        StudySealer sealer = sealer(Scope.SERIES, uid -> {
            if (away[0]) {
                throw new IOException("cannot be reached");
            }
            return List.of(new Series(study + ".1", "CT", 1));
        });
        received(1);
        sealer.tick();
        answer();
        assertThat(verdicts()).containsExactly("COMPLETENESS_UNKNOWN PACS: cannot be reached; waiting");
        away[0] = false;
        assertThat(sealer.tick()).as("not before the interval is over").isEmpty();
        assertThat(questions).isEmpty();
        clock.advance(POLICY.interval());
        sealer.tick();
        answer();
        assertThat(sealer.tick()).hasSize(1);
    }

    @Test
    void the_whole_study_means_every_ct_and_pet_series() {
        StudySealer sealer = sealer(Scope.STUDY, uid -> List.copyOf(there));
        there.add(new Series(study + ".1", "CT", 1));
        there.add(new Series(study + ".2", "PT", 2));
        there.add(new Series(study + ".3", "SR", 1)); // such as our own report on an earlier revision
        received(1);
        sealer.tick();
        answer();
        assertThat(verdicts()).containsExactly("INCOMPLETE PACS: 2 of 3 instances in 2 series are missing; waiting");
    }

    @Test
    void a_sender_that_is_not_checked_is_not_waited_for() {
        Completeness.Source other = new Completeness.Source("OTHER", Scope.SERIES, uid -> {
            throw new AssertionError("not to be asked");
        });
        Completeness completeness = new Completeness(ledger, List.of(other), POLICY, Runnable::run, clock);
        StudySealer sealer =
                new StudySealer(ledger, uid -> !uid.equals(study) || completeness.mustWait(uid), QUIET, revision -> {});
        received(1);
        sealer.tick();
        assertThat(sealer.tick()).hasSize(1);
        assertThat(verdicts()).isEmpty();
    }

    @Test
    void real_archives_say_how_many_instances_they_have() throws Exception {
        assumeTrue(DcmtkQrScp.isInstalled(), "dcmqrscp is not installed");
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        try (DcmtkQrScp dcmtk = DcmtkQrScp.start(folder.resolve("dcmtk"), Map.of());
                Orthanc orthanc = Orthanc.start(
                        folder.resolve("orthanc"), Map.of("node", new AeAddress("MYONODE", "127.0.0.1", 104)))) {
            for (AeAddress archive : List.of(dcmtk.address(), orthanc.address())) {
                AssociationConfig config =
                        new AssociationConfig(archive, "MYONODE", Duration.ofSeconds(5), Duration.ofSeconds(20));
                try (Association association = Association.open(
                        config, PresentationContext.storage(UID.CTImageStorage, List.of(UID.ExplicitVRLittleEndian)))) {
                    for (int number = 1; number <= 3; number++) {
                        association.store(Part10.of(
                                Instances.ct(study, number)
                                        .set(Tag.PatientID, "P")
                                        .set(Tag.StudyID, "1"),
                                UID.ExplicitVRLittleEndian));
                    }
                }
                assertThat(new DimseArchive(config).seriesOf(study))
                        .as(archive.toString())
                        .containsExactly(new Series(study + ".1", "CT", 3));
                assertThat(new DimseArchive(config).seriesOf("1.2.3")).isEmpty();
            }
        }
    }

    private StudySealer sealer(Scope scope, Completeness.Archive archive) {
        Completeness completeness = new Completeness(
                ledger, List.of(new Completeness.Source("PACS", scope, archive)), POLICY, questions::add, clock);
        return new StudySealer(ledger, uid -> !uid.equals(study) || completeness.mustWait(uid), QUIET, revision -> {});
    }

    private void answer() {
        assertThat(questions).hasSize(1);
        questions.remove().run();
    }

    /** Instances come, and then it is quiet. */
    private void received(int... numbers) {
        for (int number : numbers) {
            ledger.record(new InstanceEntry(
                    study,
                    study + ".1",
                    study + ".1." + number,
                    UID.CTImageStorage,
                    UID.ExplicitVRLittleEndian,
                    Path.of(study, number + ".dcm"),
                    10,
                    "0".repeat(64),
                    "PACS",
                    "MYONODE"));
        }
        clock.advance(QUIET.plusSeconds(1));
    }

    private List<String> verdicts() {
        return ledger.audit(study).stream()
                .filter(row -> row.event().startsWith("COMPLETE") || row.event().equals("INCOMPLETE"))
                .map(row -> row.event() + " " + row.detail())
                .toList();
    }
}
