package org.myonode.node.web;

import io.javalin.Javalin;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.Experiments;
import org.myonode.db.AuditRow;
import org.myonode.db.Corrections;
import org.myonode.db.IntakeRow;
import org.myonode.db.Ledger;
import org.myonode.db.StudyRow;
import org.myonode.db.Surveillance;
import org.myonode.workers.model.ModelStore;

/**
 * The pages over the ledger: {@code /} lists studies, {@code /studies/UID} shows one, {@code /experiments} the
 * training experiments and reports, {@code /health} answers monitors. Of
 * a study, {@code result.json} and {@code overlay.png} of the latest revision or of {@code revisions/N}, and
 * {@code corrections.json}: what experts changed and sent back. {@code /models} shows which models are in use and who
 * decided so, {@code /drift} and {@code /health/drift} say what the nightly checks found.
 * When configured, DICOMweb Store beside them ({@link DicomWebStore}).
 *
 * <p>Everything is read from the ledger at each request; nothing is kept. Patient names are nowhere in it.
 *
 * <p>Thread-safe.
 */
public final class WebServer implements AutoCloseable {

    private static final int NEWEST = 200;
    private static final int CHECKS = 30;

    private final Ledger ledger;
    private final Optional<Corrections> corrections;
    private final Clock clock;
    private final String version;
    private final Optional<Site> site;
    private final ExperimentFiles reports;
    private final Javalin javalin;
    private volatile @Nullable Experiments experiments;

    /**
     * What the pages show beside the ledger.
     *
     * @param corrections what experts have corrected
     * @param models of the site
     * @param experiments folder with a folder for each experiment or benchmark
     * @param surveillance what the nightly checks found
     */
    public record Site(Corrections corrections, ModelStore models, Path experiments, Surveillance surveillance) {}

    private WebServer(
            Ledger ledger,
            Clock clock,
            String version,
            String bind,
            int port,
            Optional<DicomWebStore> dicomWeb,
            Optional<Site> site) {
        this.ledger = ledger;
        this.corrections = site.map(Site::corrections);
        this.clock = clock;
        this.version = version;
        this.site = site;
        this.reports = new ExperimentFiles(site.map(Site::experiments));
        String style = resource("style.css");
        this.javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.routes.before(WebServer::protect);
            config.routes.get("/", this::studies);
            config.routes.get(
                    "/style.css",
                    context -> context.contentType(ContentType.TEXT_CSS).result(style));
            config.routes.get("/studies/{uid}", this::study);
            config.routes.get("/studies/{uid}/overlay.png", this::overlay);
            config.routes.get("/studies/{uid}/result.json", this::result);
            config.routes.get("/studies/{uid}/revisions/{revision}/overlay.png", this::revisionOverlay);
            config.routes.get("/studies/{uid}/revisions/{revision}/result.json", this::revisionResult);
            config.routes.get("/studies/{uid}/corrections.json", this::corrections);
            config.routes.get("/models", this::models);
            config.routes.get("/experiments/{id}/{file}", reports::file);
            config.routes.get("/experiments/{id}/figures/{file}", reports::figure);
            config.routes.get("/drift", this::drift);
            config.routes.get("/experiments", this::experiments);
            config.routes.get("/experiments/{name}", this::experiment);
            config.routes.get("/health", this::health);
            config.routes.get("/health/drift", this::driftJson);
            dicomWeb.ifPresent(store -> {
                config.routes.post(DicomWebStore.STUDIES, store::store);
                config.routes.post(DicomWebStore.STUDIES + "/{uid}", store::store);
            });
        });
        javalin.start(bind, port);
    }

    /** Listens at once, with the pages alone. */
    public static WebServer start(Ledger ledger, Clock clock, String version, String bind, int port) {
        return start(ledger, clock, version, bind, port, Optional.empty(), Optional.empty());
    }

    /** Listens at once, with what the ledger alone knows. */
    public static WebServer start(
            Ledger ledger, Clock clock, String version, String bind, int port, Optional<DicomWebStore> dicomWeb) {
        return start(ledger, clock, version, bind, port, dicomWeb, Optional.empty());
    }

    /**
     * Listens at once.
     *
     * @param port 0 takes a free one
     * @param dicomWeb takes instances, if any are to be taken this way
     * @param site what is shown beside the ledger
     */
    public static WebServer start(
            Ledger ledger,
            Clock clock,
            String version,
            String bind,
            int port,
            Optional<DicomWebStore> dicomWeb,
            Optional<Site> site) {
        return new WebServer(ledger, clock, version, bind, port, dicomWeb, site);
    }

    /** Shows training experiments too. */
    public WebServer with(Experiments shown) {
        experiments = shown;
        return this;
    }

    private void experiments(Context context) {
        Experiments shown = experiments;
        context.html(ExperimentPage.list(version, shown == null ? List.of() : shown.list(), reports.list(), clock));
    }

    private void experiment(Context context) {
        Experiments shown = experiments;
        String name = context.pathParam("name");
        try {
            if (shown == null) {
                throw new NotFoundResponse("no experiment " + name);
            }
            context.html(ExperimentPage.one(version, name, shown.result(name), reports.has(name)));
        } catch (IllegalArgumentException e) {
            throw new NotFoundResponse("no experiment " + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return javalin.port();
    }

    private void studies(Context context) {
        context.html(StudyListPage.render(version, ledger.counts(), ledger.studies(NEWEST), clock));
    }

    private void study(Context context) {
        StudyRow study = found(context);
        context.html(StudyPage.render(
                version,
                study,
                ledger.outputs(study.revision()),
                ledger.deliveries(study.revision()),
                ledger.audit(study.studyUid()).stream()
                        .sorted(Comparator.comparingLong(AuditRow::id))
                        .toList(),
                received(study.studyUid()),
                clock.getZone()));
    }

    private List<IntakeRow> received(String studyUid) {
        return corrections.map(known -> known.contours().settledWith(studyUid)).orElse(List.of());
    }

    private void corrections(Context context) {
        StudyRow study = found(context);
        context.contentType(ContentType.APPLICATION_JSON)
                .result(CorrectionsJson.of(
                        corrections
                                .map(known -> known.ofStudy(study.studyUid()))
                                .orElse(List.of()),
                        received(study.studyUid())));
    }

    private void revisionOverlay(Context context) {
        overlay(context, revision(context));
    }

    private void revisionResult(Context context) {
        result(context, revision(context));
    }

    private StudyRow revision(Context context) {
        String number = context.pathParam("revision");
        return ledger.revisions(found(context).studyUid()).stream()
                .filter(row -> Integer.toString(row.revision().number()).equals(number))
                .findFirst()
                .orElseThrow(() -> new NotFoundResponse("no revision " + number));
    }

    private void models(Context context) {
        context.html(ModelsPage.render(
                version,
                site.map(one -> one.models().list()).orElse(List.of()),
                site.map(one -> one.models().history()).orElse(List.of()),
                ledger.audit(""),
                clock.getZone()));
    }

    private void drift(Context context) {
        context.html(DriftPage.render(
                version, site.map(one -> one.surveillance().checks(CHECKS)).orElse(List.of()), clock.getZone()));
    }

    private void driftJson(Context context) {
        context.contentType(ContentType.APPLICATION_JSON)
                .result(site.flatMap(
                                one -> one.surveillance().checks(1).stream().findFirst())
                        .map(check -> "{\"status\":\"" + (check.alerts() > 0 ? "alert" : "ok") + "\",\"alerts\":"
                                + check.alerts() + ",\"at\":\"" + check.at() + "\",\"report\":"
                                + check.reportJson().strip()
                                + "}\n")
                        .orElse("{\"status\":\"unknown\",\"alerts\":0}\n"));
    }

    private void overlay(Context context) {
        overlay(context, found(context));
    }

    private static void overlay(Context context, StudyRow study) {
        Path picture = study.picture().orElseThrow(() -> new NotFoundResponse("this study has no picture"));
        try {
            context.contentType(ContentType.IMAGE_PNG).result(Files.readAllBytes(picture));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void result(Context context) {
        result(context, found(context));
    }

    private static void result(Context context, StudyRow study) {
        context.contentType(ContentType.APPLICATION_JSON)
                .result(study.resultJson().orElseThrow(() -> new NotFoundResponse("this study has no result")));
    }

    private void health(Context context) {
        ledger.counts();
        context.result("ok\n");
    }

    private StudyRow found(Context context) {
        String uid = context.pathParam("uid");
        return ledger.study(uid).orElseThrow(() -> new NotFoundResponse("no study " + uid));
    }

    private static void protect(Context context) {
        context.header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Referrer-Policy", "no-referrer");
        context.header("Cache-Control", "no-store");
    }

    private static String resource(String name) {
        try (InputStream in = WebServer.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
