package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.AuditRow;
import org.myonode.db.Corrections;
import org.myonode.db.IntakeRow;
import org.myonode.db.Ledger;
import org.myonode.db.OutputObject;
import org.myonode.db.StudyRow;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;

/** A node that is killed (SIGKILL) after each step of a correction gives one corrected result, and only one. */
final class KilledCorrectionTest {

    private static final Duration WAIT = Duration.ofMinutes(4);
    private static final Pattern LISTENING = Pattern.compile("listens as MYONODE on 127\\.0\\.0\\.1:([0-9]+);");
    private static final String UID = "1.2.826.0.1.3680043.10.1430.";

    @TempDir
    Path folder;

    private Ledger ledger;
    private Corrections corrections;

    @Test
    void killed_after_each_step_there_is_one_corrected_result() throws Exception {
        PhantomStudy phantom = PhantomStudy.write(
                folder.resolve("phantom"),
                800_103,
                StudyOptions.small()
                        .covering(StudyOptions.Coverage.ABDOMEN_PELVIS)
                        .withoutPet(),
                percent -> {});
        String study = phantom.studyInstanceUid();
        try (TestDatabase database = TestDatabase.create();
                ReceivingPacs pacs = ReceivingPacs.start(folder.resolve("pacs"))) {
            ledger = new Ledger(database.database(), Clock.systemUTC());
            corrections = new Corrections(database.database(), Clock.systemUTC());
            Path config = config(database, pacs);

            Path edited = folder.resolve("edited.dcm");
            DataSet set;
            try (Child first = new Child(config)) {
                send(first.port, phantom.ctFiles());
                StudyRow automatic = exported(study, 1);
                set = Editor.cut(
                        Editor.structureSet(object(automatic, "RTSTRUCT"), UID + "1"),
                        object(automatic, "SEG").dataSet(),
                        0);
                Part10.write(edited, Editor.file(set));
                send(first.port, List.of(edited));
                // Killed between the acknowledgement and whatever the node does with the object.
            }
            try (Child second = new Child(config)) {
                await("the correction to be taken", () -> corrections.takenFrom(UID + "1"));
                // Killed between the taking and the measuring.
            }
            try (Child third = new Child(config)) {
                StudyRow corrected = exported(study, 2);
                send(third.port, List.of(edited));
                Path renamed = folder.resolve("renamed.dcm");
                Part10.write(renamed, Editor.file(set.copy().set(Tag.SOPInstanceUID, UID + "2")));
                send(third.port, List.of(renamed));
                IntakeRow again = await(
                        "outcome of the second object",
                        () -> corrections.contours().settledWith(study).stream()
                                .filter(row -> row.sopInstanceUid().equals(UID + "2"))
                                .findFirst());
                assertThat(again.outcome()).as(again.detail()).isEqualTo("IGNORED");

                assertThat(ledger.revisions(study)).hasSize(2);
                assertThat(corrections.ofStudy(study)).hasSize(1);
                assertThat(corrections.contours().list()).hasSize(1);
                assertThat(ledger.audit(study)).extracting(AuditRow::event).containsOnlyOnce("CORRECTION_TAKEN");
                try (Stream<Path> files = Files.list(folder.resolve("pacs"))) {
                    assertThat(files).as("four objects of each result").hasSize(8);
                }
                for (OutputObject output : ledger.outputs(corrected.revision())) {
                    assertThat(Part10.read(inPacs(output)).dataSet())
                            .isEqualTo(Part10.read(output.file()).dataSet());
                }
            }
        }
    }

    private Path config(TestDatabase database, ReceivingPacs pacs) throws IOException {
        Map<String, Object> settings = Map.of(
                "dicom", Map.of("port", 0, "bind", "127.0.0.1"),
                "web", Map.of("port", 0),
                "storage", Map.of("directory", folder.resolve("node").toString(), "minimumFree", "64 MiB"),
                "database", Map.of("url", database.config().url(), "user", "postgres"),
                "study", Map.of("quietPeriod", "500 ms"),
                "destinations",
                        List.of(Map.of(
                                "name",
                                "pacs",
                                "aeTitle",
                                pacs.address().aeTitle(),
                                "host",
                                "127.0.0.1",
                                "port",
                                pacs.address().port(),
                                "objects",
                                List.copyOf(NodeConfig.ALL_OBJECTS))));
        return Files.writeString(
                folder.resolve("node.conf"),
                ConfigFactory.parseMap(settings).root().render());
    }

    /** A node in a process of its own; closing it is killing it. */
    private static final class Child implements AutoCloseable {
        private final Process process;
        private final int port;

        Child(Path config) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx1g",
                            "-Djava.awt.headless=true",
                            "-Dmyonode.home=" + System.getProperty("myonode.home"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "run",
                            "--config",
                            config.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = process.inputReader();
            Optional<String> found = Optional.empty();
            for (String line = output.readLine(); line != null && found.isEmpty(); line = output.readLine()) {
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    found = Optional.of(matcher.group(1));
                    break;
                }
            }
            port = Integer.parseInt(found.orElseThrow(() -> new AssertionError("the node did not start")));
            Thread drain = new Thread(() -> output.lines().forEach(line -> {}), "child output");
            drain.setDaemon(true);
            drain.start();
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static void send(int port, List<Path> files) throws Exception {
        try (Association association =
                SendCommand.open(new AeAddress("MYONODE", "127.0.0.1", port), "TPS", files, new TlsOptions())) {
            for (Path file : files) {
                assertThat(association.store(file).isSuccess()).isTrue();
            }
        }
    }

    private StudyRow exported(String study, int revision) {
        return await(
                "revision " + revision + " exported",
                () -> ledger.study(study)
                        .filter(row -> row.revision().number() == revision && row.state() == StudyState.EXPORTED));
    }

    private DicomFile object(StudyRow row, String kind) throws IOException {
        return Part10.read(inPacs(ledger.outputs(row.revision()).stream()
                .filter(output -> output.kind().equals(kind))
                .findFirst()
                .orElseThrow()));
    }

    private Path inPacs(OutputObject output) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("pacs"))) {
            return files.filter(file -> file.getFileName().toString().endsWith("-" + output.sopInstanceUid() + ".dcm"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static <T> T await(String what, Supplier<Optional<T>> question) {
        long end = System.nanoTime() + WAIT.toNanos();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            assertThat(System.nanoTime()).as("%s within %s", what, WAIT).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
