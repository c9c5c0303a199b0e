package org.myonode.node;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.ContourRule;
import org.myonode.crossvalidation.contours.ContourStore;
import org.myonode.crossvalidation.contours.ReceivedCorrections;
import org.myonode.crossvalidation.experiment.Cohort;
import org.myonode.crossvalidation.experiment.ExperimentPlan;
import org.myonode.crossvalidation.experiment.Experiments;
import org.myonode.crossvalidation.report.ExperimentReport;
import org.myonode.crossvalidation.training.Pace;
import org.myonode.db.Corrections;
import org.myonode.db.Database;
import org.myonode.db.DatabaseConfig;
import org.myonode.db.ExpertContours;
import org.myonode.db.Ledger;
import org.myonode.db.Revision;
import org.myonode.db.Route;
import org.myonode.db.Surveillance;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.StorageCommitment;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.dicom.net.TransferCapability;
import org.myonode.dicom.web.StoreService;
import org.myonode.node.web.DicomWebStore;
import org.myonode.node.web.WebServer;
import org.myonode.storage.Completeness;
import org.myonode.storage.DimseArchive;
import org.myonode.storage.StorageConfig;
import org.myonode.storage.StorageScp;
import org.myonode.storage.StudySealer;
import org.myonode.workers.export.ArrivalCheck;
import org.myonode.workers.export.Deliverer;
import org.myonode.workers.export.Destination;
import org.myonode.workers.pipeline.ProductInfo;
import org.myonode.workers.pipeline.StudyPipeline;
import org.myonode.workers.queue.JobQueue;
import org.myonode.workers.queue.QueueConfig;
import org.myonode.workers.queue.StudyWork;
import org.myonode.workers.queue.Sweeper;
import org.myonode.workers.queue.Work;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: everything of one node, wired and started in the order in which data flows, closed in the
 * reverse order. Receiving and working meet only in the ledger.
 */
final class Node implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Duration MODEL_CHECK = Duration.ofSeconds(2);
    private static final Duration ARRIVALS = Duration.ofSeconds(5);
    private static final Duration CONTOURS = Duration.ofSeconds(2);
    private static final Duration EXPERIMENTS = Duration.ofSeconds(3);
    private static final Duration ARTIM = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final int DELIVERY_THREADS = 2;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Ledger ledger;
    private final DicomListener listener;
    private final WebServer web;

    private Node(NodeConfig config, Clock clock) throws IOException {
        try {
            Path directory = Files.createDirectories(config.storage().directory());
            Database database = opened(Database.open(databaseConfig(config), clock));
            log.info("database {}", database.describe());
            this.ledger = new Ledger(database, clock);
            Corrections corrections = new Corrections(database, clock);

            LiveModels models = opened(new LiveModels(
                    config.modelStore(clock), config.lanes(), change -> ledger.note("", "MODELS_CHANGED", change)));
            models.with(loaded -> {
                log.info(
                        "models {} and {} with {}",
                        loaded.locatorIdentity(),
                        loaded.segmenterIdentity(),
                        models.engine());
                return loaded;
            });
            ProductInfo product = ProductInfo.ofVersion(Version.number());
            boolean labelmaps = config.destinations().stream().anyMatch(Destination::wantsLabelmaps);

            List<Route> routes =
                    config.destinations().stream().map(Destination::route).toList();
            String worker = InetAddress.getLocalHost().getHostName() + "-"
                    + ProcessHandle.current().pid();
            StudyWork studies = opened(new StudyWork(
                    ledger,
                    corrections,
                    (files, output, contentTime, earlier, correction) -> models.with(loaded -> {
                        StudyPipeline pipeline = new StudyPipeline(loaded, product, clock)
                                .withCutoffs(config.cutoffs())
                                .withSeriesNumbers(config.seriesNumbers());
                        return (labelmaps ? pipeline.withLabelmaps() : pipeline)
                                .run(files, output, contentTime, earlier, correction);
                    }),
                    routes,
                    directory.resolve("results"),
                    worker));
            Optional<Tls> tls = config.loadTls();
            Deliverer deliverer = new Deliverer(
                    ledger,
                    config.dicom().aeTitle(),
                    config.destinations(),
                    Deliverer.Timeouts.withCommitment(config.commitmentTimeout()),
                    tls);
            QueueWork work = new QueueWork(studies, deliverer);
            JobQueue queue = opened(JobQueue.start(
                    database,
                    new QueueConfig(worker, config.lanes(), DELIVERY_THREADS, config.experiments()),
                    work,
                    clock));
            // Closed before the queue, which waits for its running jobs.
            ClinicalFirst pace =
                    opened(new ClinicalFirst(() -> !queue.studiesWithJob().isEmpty(), clock));
            Experiments experiments = ExperimentsCommand.of(config, clock);
            work.submitTo(
                    queue,
                    name -> {
                        experiments.work(name, plan -> cohort(plan, database, pace, clock), pace);
                        report(experiments, name, config, clock);
                    },
                    () -> nightly(new NightlyCheck(config, database, clock), pace));
            config.drift()
                    .at()
                    .ifPresentOrElse(
                            time -> queue.daily(NightlyCheck.NAME, time, clock.getZone()),
                            () -> queue.notDaily(NightlyCheck.NAME));

            StorageScp storage = opened(new StorageScp(
                    new StorageConfig(
                            directory.resolve("instances"),
                            config.dicom().aeTitle(),
                            callers(config),
                            config.storage().minimumFreeBytes()),
                    ledger,
                    clock));
            List<TransferCapability> capabilities = new ArrayList<>(TransferCapabilities.storage());
            capabilities.add(StorageCommitment.userCapability());
            ListenerConfig listening = new ListenerConfig(
                            config.dicom().aeTitle(),
                            InetAddress.getByName(config.dicom().bind()),
                            config.dicom().port(),
                            ListenerConfig.DEFAULT_MAX_PDU,
                            config.dicom().maxAssociations(),
                            ARTIM,
                            IDLE,
                            capabilities)
                    .withMaxOperations(config.dicom().maxOperations());
            this.listener = opened(DicomListener.start(
                    config.tls().listener() ? listening.with(tls.orElseThrow()) : listening,
                    storage,
                    Performers.storing(storage).with(StorageCommitment.user(deliverer::reported))));

            Sweeper sweeper = new Sweeper(ledger, queue);
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "sweeper");
                thread.setDaemon(true);
                return thread;
            });
            parts.push(timer::shutdownNow);
            Completeness completeness = completeness(config, tls, clock);
            new StudySealer(
                            ledger,
                            study -> storage.isInFlight(study) || completeness.mustWait(study),
                            config.quietPeriod(),
                            revision -> {})
                    .start(timer, SWEEP);
            timer.scheduleWithFixedDelay(() -> sweep(sweeper), 0, SWEEP.toMillis(), TimeUnit.MILLISECONDS);
            timer.scheduleWithFixedDelay(
                    models::refresh, MODEL_CHECK.toMillis(), MODEL_CHECK.toMillis(), TimeUnit.MILLISECONDS);

            ArrivalCheck arrivals = new ArrivalCheck(
                    ledger, config.destinations(), deliverer::reach, ArrivalCheck.Policy.DEFAULT, clock);
            ScheduledExecutorService questions = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "arrival");
                thread.setDaemon(true);
                return thread;
            });
            parts.push(questions::shutdownNow);
            questions.scheduleWithFixedDelay(
                    () -> check(arrivals), ARRIVALS.toMillis(), ARRIVALS.toMillis(), TimeUnit.MILLISECONDS);

            ContourStore contours = new ContourStore(
                    corrections.contours(),
                    config.corrections().accept()
                            ? Optional.of(new ReceivedCorrections(
                                    ledger, corrections, config.corrections().callingAeTitles()))
                            : Optional.empty(),
                    clock);
            if (config.corrections().accept() || !config.contourRules().isEmpty()) {
                timer.scheduleWithFixedDelay(
                        () -> takeContours(contours, config.contourRules()),
                        0,
                        CONTOURS.toMillis(),
                        TimeUnit.MILLISECONDS);
            }

            timer.scheduleWithFixedDelay(
                    () -> submit(experiments, queue), 0, EXPERIMENTS.toMillis(), TimeUnit.MILLISECONDS);

            this.web = opened(WebServer.start(
                            ledger,
                            clock,
                            Version.NAME + " " + Version.number(),
                            config.web().bind(),
                            config.web().port(),
                            dicomWeb(config, storage),
                            Optional.of(new WebServer.Site(
                                    corrections,
                                    config.modelStore(clock),
                                    directory.resolve("experiments"),
                                    new Surveillance(database, clock)))))
                    .with(experiments);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts everything; when it returns, the node listens.
     *
     * @throws IOException when a port or a folder cannot be used
     */
    static Node start(NodeConfig config, Clock clock) throws IOException {
        return new Node(config, clock);
    }

    /** A destination that reports a storage commitment calls us: where only some may call, it may. */
    private static Set<String> callers(NodeConfig config) {
        Set<String> callers = new LinkedHashSet<>(config.dicom().callingAeTitles());
        if (!callers.isEmpty()) {
            config.destinations().stream()
                    .filter(Destination::commitment)
                    .forEach(destination ->
                            callers.add(destination.dimse().address().aeTitle()));
        }
        return callers;
    }

    static DatabaseConfig databaseConfig(NodeConfig config) {
        NodeConfig.Database database = config.database();
        return new DatabaseConfig(
                database.url(),
                database.url() == null ? null : database.user(),
                database.url() == null ? null : database.password(),
                config.storage().directory().resolve("postgresql"),
                database.poolSize());
    }

    private static AssociationConfig archive(NodeConfig config, NodeConfig.Source source, Optional<Tls> tls) {
        AssociationConfig plain = new AssociationConfig(
                source.address(),
                config.dicom().aeTitle(),
                Deliverer.Timeouts.DEFAULT.connect(),
                Deliverer.Timeouts.DEFAULT.response());
        return source.tls() ? plain.with(tls.orElseThrow()) : plain;
    }

    private Completeness completeness(NodeConfig config, Optional<Tls> tls, Clock clock) {
        ExecutorService questions = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "completeness");
            thread.setDaemon(true);
            return thread;
        });
        parts.push(questions::shutdownNow);
        List<Completeness.Source> sources = config.sources().stream()
                .map(source -> new Completeness.Source(
                        source.address().aeTitle(), source.scope(), new DimseArchive(archive(config, source, tls))))
                .toList();
        return new Completeness(ledger, sources, config.completeness(), questions, clock);
    }

    private static Optional<DicomWebStore> dicomWeb(NodeConfig config, StorageScp storage) {
        NodeConfig.DicomWeb dicomWeb = config.dicomWeb();
        return dicomWeb.store()
                ? Optional.of(new DicomWebStore(
                        new StoreService(
                                storage,
                                config.dicom().aeTitle(),
                                new StoreService.Limits(dicomWeb.maximumRequestBytes(), dicomWeb.maximumRequests()),
                                config.storage().directory().resolve("stow")),
                        dicomWeb.token()))
                : Optional.empty();
    }

    Ledger ledger() {
        return ledger;
    }

    int dicomPort() {
        return listener.port();
    }

    int webPort() {
        return web.port();
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private static void nightly(NightlyCheck check, ClinicalFirst pace) {
        try {
            check.run(() -> !pace.goOn());
        } catch (InterruptedException e) {
            log.info("the nightly check was given up, the node stops");
        }
    }

    private static void report(Experiments experiments, String name, NodeConfig config, Clock clock) {
        try {
            ExperimentReport.write(
                    experiments.result(name),
                    config.promotion().gate().margin(),
                    ExperimentRun.origin("myonode experiments submit", clock));
        } catch (IOException | RuntimeException e) {
            log.error("the report of experiment {} could not be written", name, e);
        }
    }

    // The timer drops a task that throws; a database that is away for a minute must not end the sweeping.
    private static void sweep(Sweeper sweeper) {
        try {
            sweeper.tick();
        } catch (RuntimeException e) {
            log.error("sweep failed, the next one follows", e);
        }
    }

    private static void submit(Experiments experiments, JobQueue queue) {
        try {
            experiments.toDo().forEach(queue::submitTraining);
        } catch (RuntimeException e) {
            log.error("experiments could not be submitted, the next round follows", e);
        }
    }

    private static Cohort cohort(ExperimentPlan plan, Database database, Pace pace, Clock clock)
            throws InterruptedIOException {
        if (plan.data().arePhantoms()) {
            return Cohort.phantoms(plan.data(), pace, drawn -> {});
        }
        Cohort stored = Cohort.stored(new ExpertContours(database, clock).drawn(plan.structure(), false));
        if (stored.size() == 0) {
            throw new IllegalArgumentException("no contours of " + plan.structure() + " are stored");
        }
        return stored;
    }

    private static void check(ArrivalCheck arrivals) {
        try {
            arrivals.checkDue();
        } catch (RuntimeException e) {
            log.error("arrivals could not be checked, the next round follows", e);
        }
    }

    private static void takeContours(ContourStore contours, List<ContourRule> rules) {
        try {
            contours.takeReceived(rules);
        } catch (RuntimeException e) {
            log.error("received contours could not be looked at, the next round follows", e);
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.warn("{} did not close: {}", part.getClass().getSimpleName(), e.toString());
            }
        }
    }

    /** What the jobs do: a study that was measured is delivered at once, one that failed is tried again. */
    private static final class QueueWork implements Work {

        private final StudyWork studies;
        private final Deliverer deliverer;
        private volatile @Nullable JobQueue queue;
        private volatile @Nullable Consumer<String> training;
        private volatile @Nullable Runnable nightly;

        QueueWork(StudyWork studies, Deliverer deliverer) {
            this.studies = studies;
            this.deliverer = deliverer;
        }

        void submitTo(JobQueue started, Consumer<String> trains, Runnable checks) {
            queue = started;
            training = trains;
            nightly = checks;
        }

        @Override
        public void study(Revision revision) {
            boolean deliverable = studies.run(revision);
            JobQueue started = queue;
            // Before the queue is known, the sweeper's next round finds what is to be delivered.
            if (deliverable && started != null) {
                started.submitDelivery(revision.toString());
            }
        }

        @Override
        public void deliver() {
            deliverer.deliverDue();
        }

        @Override
        public void train(String experiment) {
            Consumer<String> trains = training;
            // Before it is known, the next round submits the experiment again.
            if (trains != null) {
                trains.accept(experiment);
            }
        }

        @Override
        public void daily(String name) {
            Runnable check = nightly;
            if (check != null) {
                check.run();
            }
        }
    }
}
