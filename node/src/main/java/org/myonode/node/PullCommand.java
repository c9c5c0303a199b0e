package org.myonode.node;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.Uids;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.AssociationPolicy;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.InformationModel;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.Query;
import org.myonode.dicom.net.QueryRetrieve;
import org.myonode.dicom.net.QueryRetrieveLevel;
import org.myonode.dicom.net.QueryStatus;
import org.myonode.dicom.net.RetrieveResult;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.net.TransferCapabilities;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches studies from a PACS by C-GET, or by C-MOVE with --move, into a folder or into the node.",
            "Ends with 1 when an instance is missing, with 3 when there is no such study or more than one.",
            "",
            "Into the node: a running node receives what is fetched like any C-STORE. When none runs, the instances go into"
                    + " its store and ledger here, and are measured once it runs.",
            "",
            "With --tls both directions are TLS: also the associations that the PACS opens for --move, for which"
                    + " --tls-identity is needed and the PACS must show a trusted certificate."
        })
final class PullCommand implements Callable<Integer> {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final InformationModel MODEL = InformationModel.STUDY_ROOT;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "AE@host:port",
            description = "the PACS",
            converter = AeAddressConverter.class)
    private AeAddress archive;

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    /** Which studies. */
    static final class What {
        @Option(
                names = "--study",
                paramLabel = "UID",
                required = true,
                description = "Study Instance UID; may be given several times")
        private @Nullable List<String> studies;

        @Option(
                names = "--patient",
                paramLabel = "ID",
                required = true,
                description = "Patient ID; with more than one study these are listed, see --all")
        private @Nullable String patient;

        @Option(
                names = "--accession",
                paramLabel = "NUMBER",
                required = true,
                description = "Accession Number; with more than one study these are listed, see --all")
        private @Nullable String accession;
    }

    @Option(names = "--all", description = "with --patient or --accession: fetch every study that matches")
    private boolean all;

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    /** Where to. */
    static final class Where {
        @Option(
                names = "--out",
                paramLabel = "DIR",
                required = true,
                description = "folder for DIR/STUDY/SERIES/INSTANCE.dcm")
        private @Nullable Path folder;

        @Option(names = "--into-node", required = true, description = "the node of --config")
        private boolean node;
    }

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "configuration of the node for --into-node (default: the defaults)")
    private @Nullable Path file;

    @Option(
            names = "--calling",
            paramLabel = "AE",
            description = "own AE title (default: MYONODE, or dicom.aeTitle of the configuration)")
    private @Nullable String calling;

    @Option(
            names = "--move",
            description = "C-MOVE instead of C-GET: the PACS must know the own AE title with this machine and the port")
    private boolean move;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "with --move: where this command listens, unless a running node does (default: dicom.port)")
    private @Nullable Integer port;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description =
                    "how long the PACS may be silent; with --move and a PACS that does not report progress this is"
                            + " for a whole study (default: ${DEFAULT-VALUE})")
    private int timeout;

    @Mixin
    private final TlsOptions tlsOptions = new TlsOptions();

    private Optional<Tls> tls = Optional.empty();

    /** A study as the PACS describes it; a number below 0 is not known. */
    private record Study(String uid, int instances, String description) {}

    @Override
    public Integer call() throws Exception {
        if (timeout < 1) {
            throw new ConfigurationException("--timeout: " + timeout + " is not at least 1");
        }
        for (String uid : what.studies == null ? List.<String>of() : what.studies) {
            if (!Uids.isValid(uid)) {
                throw new ConfigurationException("--study: \"" + uid + "\" is not a UID");
            }
        }
        tls = tlsOptions.load();
        if (move && where.folder != null && tls.isPresent() && !tls.get().hasIdentity()) {
            throw new ConfigurationException(
                    "--move with --tls: this command listens by TLS, which needs --tls-identity");
        }
        NodeConfig config = file == null ? NodeConfig.ofDefaults() : NodeConfig.read(file);
        String title = calling == null ? config.dicom().aeTitle() : calling;
        List<Study> studies = new ArrayList<>();
        int found = choose(title, studies);
        if (found != Main.OK) {
            return found;
        }
        AtomicInteger arrived = new AtomicInteger();
        try (PullTarget target = where.node
                ? PullTarget.node(config, archive, title)
                : PullTarget.folder(java.util.Objects.requireNonNull(where.folder), title)) {
            StoreHandler counting = PullTarget.counting(target.handler(), arrived);
            return move
                    ? moveAll(config, title, studies, target, counting, arrived)
                    : getAll(title, studies, counting, arrived);
        }
    }

    // ---- which studies

    private int choose(String title, List<Study> chosen) throws IOException {
        try (Association association = open(title, QueryRetrieve.finding(MODEL), Performers.none())) {
            QueryRetrieve query = new QueryRetrieve(association);
            if (what.studies != null) {
                for (String uid : what.studies) {
                    List<Study> one = find(query, Tag.StudyInstanceUID, uid);
                    if (one.isEmpty()) {
                        System.out.printf("%s has no study %s%n", archive, uid);
                        return Main.EXPECTED_NO;
                    }
                    chosen.addAll(one);
                }
                return Main.OK;
            }
            List<Study> matching = what.patient != null
                    ? find(query, Tag.PatientID, what.patient)
                    : find(query, Tag.AccessionNumber, java.util.Objects.requireNonNull(what.accession));
            if (matching.isEmpty()) {
                System.out.printf("%s has no such study%n", archive);
                return Main.EXPECTED_NO;
            }
            if (matching.size() > 1 && !all) {
                System.out.printf("%d studies match; choose with --study, or take them with --all:%n", matching.size());
                matching.forEach(study -> System.out.printf("  %s  %s%n", study.uid(), study.description()));
                return Main.EXPECTED_NO;
            }
            chosen.addAll(matching);
            return Main.OK;
        }
    }

    private static List<Study> find(QueryRetrieve query, int key, String value) throws IOException {
        DataSet keys = new DataSet();
        if (value.chars().anyMatch(c -> c > 0x7F)) {
            keys.set(Tag.SpecificCharacterSet, "ISO_IR 192");
        }
        keys.setEmpty(Tag.StudyInstanceUID)
                .setEmpty(Tag.StudyDate)
                .setEmpty(Tag.StudyDescription)
                .setEmpty(Tag.ModalitiesInStudy)
                .setEmpty(Tag.NumberOfStudyRelatedInstances)
                .set(key, value);
        return query.find(new Query(MODEL, QueryRetrieveLevel.STUDY, keys)).stream()
                .map(match -> new Study(
                        match.requireText(Tag.StudyInstanceUID),
                        match.integer(Tag.NumberOfStudyRelatedInstances).orElse(-1),
                        describe(match)))
                .toList();
    }

    private static String describe(DataSet match) {
        String instances = match.integer(Tag.NumberOfStudyRelatedInstances).stream()
                .mapToObj(number -> number + " instances")
                .findFirst()
                .orElse("? instances");
        return String.join(
                "  ",
                match.text(Tag.StudyDate).orElse("--------"),
                String.join("\\", match.texts(Tag.ModalitiesInStudy)),
                instances,
                match.text(Tag.StudyDescription).orElse(""));
    }

    // ---- transfer

    private int getAll(String title, List<Study> studies, StoreHandler handler, AtomicInteger arrived)
            throws IOException {
        boolean whole = true;
        for (Study study : studies) {
            int before = arrived.get();
            long started = System.nanoTime();
            List<PresentationContext> contexts = QueryRetrieve.getting(MODEL, TransferCapabilities.storage());
            RetrieveResult result;
            try (Bar bar = new Bar("Fetching", Math.max(0, study.instances()), "instances");
                    Association association =
                            open(title, contexts, Performers.storing(PullTarget.showing(handler, bar)))) {
                result = new QueryRetrieve(association).get(Query.study(study.uid()), soFar -> true);
            }
            whole &= report(study, result, arrived.get() - before, started);
        }
        return whole ? Main.OK : Main.FAILED;
    }

    private int moveAll(
            NodeConfig config,
            String title,
            List<Study> studies,
            PullTarget target,
            StoreHandler handler,
            AtomicInteger arrived)
            throws IOException {
        boolean whole = true;
        try (Listener listener = target.isListening() ? Listener.NONE : listen(config, title, handler)) {
            for (Study study : studies) {
                int before = arrived.get();
                long started = System.nanoTime();
                RetrieveResult result;
                try (Bar bar = new Bar("Fetching", Math.max(0, study.instances()), "instances");
                        Association association = open(title, QueryRetrieve.moving(MODEL), Performers.none())) {
                    result = new QueryRetrieve(association)
                            .move(Query.study(study.uid()), target.destination(), soFar -> {
                                bar.to(soFar.done());
                                return true;
                            });
                }
                if (result.outcome() == QueryStatus.MOVE_DESTINATION_UNKNOWN) {
                    System.err.printf(
                            "%s does not know %s: add it there as a DICOM node on this machine, or leave --move out%n",
                            archive.aeTitle(), target.destination());
                }
                int came = target.isListening()
                        ? result.subOperations().completed()
                                + result.subOperations().warning()
                        : arrived.get() - before;
                whole &= report(study, result, came, started);
            }
        }
        return whole ? Main.OK : Main.FAILED;
    }

    private Listener listen(NodeConfig config, String title, StoreHandler handler) throws IOException {
        ListenerConfig plain = new ListenerConfig(
                        title,
                        InetAddress.getByName(config.dicom().bind()),
                        port == null ? config.dicom().port() : port,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        config.dicom().maxAssociations(),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        TransferCapabilities.storage())
                .withMaxOperations(config.dicom().maxOperations());
        DicomListener listener =
                DicomListener.start(tls.map(plain::with).orElse(plain), AssociationPolicy.anyone(), handler);
        return listener::close;
    }

    /** True when all of the study is here. */
    private boolean report(Study study, RetrieveResult result, int came, long started) {
        // Where the PACS does not say how many it has, its own count of sub-operations must do.
        int expected = study.instances() < 0 ? result.subOperations().total() : study.instances();
        boolean whole = result.isComplete() && came >= expected;
        System.out.printf(
                Locale.ROOT,
                "%s: %d of %d instances in %.1f s%n",
                study.uid(),
                came,
                expected,
                (System.nanoTime() - started) / 1e9);
        if (!whole) {
            System.err.printf("not complete: %s answered %s%n", archive, result);
            result.failedInstances().forEach(uid -> System.err.println("not fetched: " + uid));
        }
        return whole;
    }

    private Association open(String title, List<PresentationContext> contexts, Performers performers)
            throws AssociationException {
        AssociationConfig plain = new AssociationConfig(archive, title, CONNECT, Duration.ofSeconds(timeout));
        return Association.open(tls.map(plain::with).orElse(plain), contexts, performers);
    }

    /** What is open during a C-MOVE. */
    private interface Listener extends AutoCloseable {
        Listener NONE = () -> {};

        @Override
        void close();
    }
}
