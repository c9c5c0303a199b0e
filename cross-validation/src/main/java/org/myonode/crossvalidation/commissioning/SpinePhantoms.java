package org.myonode.crossvalidation.commissioning;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.locate.LumbarCount;
import org.myonode.workers.model.ModelPackage;

/**
 * The locator on phantoms whose levels are known, whole bodies or scans in which what is unusual is frequent.
 *
 * <p>Feet-first and prone images come to the locator turned into patient coordinates; prone scans here have the couch in
 * front. The figures are phantom results.
 *
 * @param model the package
 * @param cases one for each scan, in the order of their seeds
 */
public record SpinePhantoms(ModelPackage model, List<Case> cases) {

    /** An answer no farther from the middle of L3 is right. */
    static final double NEAR_MM = 10;

    /** As {@link org.myonode.workers.measure.Quality} does. */
    private static final double FLAGGED_BELOW = 0.8;

    /** Where both axes of the figure begin. */
    private static final double AXIS = 0.5;

    private static final double[] BINS = {0.55, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0000001};

    /**
     * One scan.
     *
     * @param seed of the body
     * @param words what is unusual
     * @param view what of L3 it shows
     * @param sliceMm distance of slices
     * @param errorMm answer minus middle of L3, NaN when refused
     * @param level true level at the answer; empty when refused
     * @param flagged whether an answer carries a flag that asks to look at the level
     * @param confidence of the answer, or of the best candidate when refused
     * @param reason of the refusal; empty when answered
     */
    public record Case(
            long seed,
            List<String> words,
            String view,
            double sliceMm,
            double errorMm,
            String level,
            boolean flagged,
            double confidence,
            String reason) {

        boolean answered() {
            return Double.isFinite(errorMm);
        }

        boolean right() {
            return answered() && Math.abs(errorMm) <= NEAR_MM;
        }

        boolean is(SpineScan.View wanted) {
            return view.equals(wanted.name());
        }
    }

    public SpinePhantoms {
        cases = List.copyOf(cases);
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("no phantoms");
        }
    }

    /**
     * Draws scans and asks for L3 on each.
     *
     * @param first seed of the first body; the others follow
     * @param variants whether unusual bodies and partial fields of view are drawn
     */
    public static SpinePhantoms of(ModelPackage model, long first, int bodies, boolean variants, IntConsumer progress)
            throws IOException {
        List<Case> cases = new ArrayList<>();
        try (L3Locator locator = new L3Locator(model)) {
            for (int i = 0; i < bodies; i++) {
                SpineScan scan = variants ? SpineScan.variant(first + i) : SpineScan.usual(first + i);
                cases.add(judge(scan, locator.locate(scan.volume())));
                progress.accept(cases.size());
            }
        }
        return new SpinePhantoms(model, cases);
    }

    private static Case judge(SpineScan scan, L3 answer) {
        LevelRange l3 = scan.body().level(Vertebra.L3);
        long seed = scan.body().seed();
        String view = scan.view().name();
        if (answer instanceof L3.Found found) {
            return new Case(
                    seed,
                    scan.words(),
                    view,
                    scan.sliceMm(),
                    found.zMm() - l3.midZMm(),
                    scan.levelAt(found.zMm()),
                    found.confidence() < FLAGGED_BELOW || LumbarCount.of(found.levels()) != LumbarCount.FIVE,
                    found.confidence(),
                    "");
        }
        L3.NotFound refused = (L3.NotFound) answer;
        return new Case(
                seed,
                scan.words(),
                view,
                scan.sliceMm(),
                Double.NaN,
                "",
                false,
                refused.confidence(),
                refused.reason());
    }

    /** The figures that the project asks for. */
    public record Figures(
            int whole,
            int near,
            int refused,
            int wrong,
            double medianMm,
            double medianSlices,
            int absent,
            int absentRefused,
            int cut,
            int wrongInAll,
            int wrongUnflagged,
            int flagged) {}

    public Figures figures() {
        List<Case> whole =
                cases.stream().filter(one -> one.is(SpineScan.View.WHOLE)).toList();
        List<Case> absent =
                cases.stream().filter(one -> one.is(SpineScan.View.ABSENT)).toList();
        List<Case> answered = whole.stream().filter(Case::answered).toList();
        return new Figures(
                whole.size(),
                (int) whole.stream().filter(Case::right).count(),
                whole.size() - answered.size(),
                (int) answered.stream().filter(one -> !one.right()).count(),
                median(answered.stream()
                        .mapToDouble(one -> Math.abs(one.errorMm()))
                        .toArray()),
                median(answered.stream()
                        .mapToDouble(one -> Math.abs(one.errorMm()) / one.sliceMm())
                        .toArray()),
                absent.size(),
                (int) absent.stream().filter(one -> !one.answered()).count(),
                cases.size() - whole.size() - absent.size(),
                (int) cases.stream()
                        .filter(one -> one.answered() && !one.right())
                        .count(),
                (int) cases.stream()
                        .filter(one -> one.answered() && !one.right() && !one.flagged())
                        .count(),
                (int) cases.stream()
                        .filter(one -> one.answered() && one.flagged())
                        .count());
    }

    private static double median(double[] values) {
        java.util.Arrays.sort(values);
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    /** The figures in words, then a line for each kind of scan, then confidence against truth. */
    public String summary() {
        Figures f = figures();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                """
                Phantom results, %d fresh bodies (seeds %d to %d)
                Model       %s, digest %s
                L3 in view  %d: within %.0f mm %d (%.1f %%), wrong %d, refused %d; error median %.1f mm, %.2f slices
                Without L3  %d: refused %d (%.1f %%); cut through L3, not counted above: %d
                Wrong level %d of %d, without a flag %d (%.1f %%); answers with a flag that asks to look at the level: %d

                """,
                cases.size(),
                cases.get(0).seed(),
                cases.get(cases.size() - 1).seed(),
                model,
                model.sha256().substring(0, 12),
                f.whole(),
                NEAR_MM,
                f.near(),
                percent(f.near(), f.whole()),
                f.wrong(),
                f.refused(),
                f.medianMm(),
                f.medianSlices(),
                f.absent(),
                f.absentRefused(),
                percent(f.absentRefused(), f.absent()),
                f.cut(),
                f.wrongInAll(),
                cases.size(),
                f.wrongUnflagged(),
                percent(f.wrongUnflagged(), cases.size()),
                f.flagged()));
        Map<String, List<Case>> kinds = new TreeMap<>();
        for (Case one : cases) {
            kinds.computeIfAbsent("all", kind -> new ArrayList<>()).add(one);
            if (one.words().isEmpty()) {
                kinds.computeIfAbsent("nothing unusual", kind -> new ArrayList<>())
                        .add(one);
            }
            one.words()
                    .forEach(word -> kinds.computeIfAbsent(word, kind -> new ArrayList<>())
                            .add(one));
        }
        text.append(String.format(
                Locale.ROOT,
                "%-18s %8s %8s %8s %8s %10s%n",
                "scans with",
                "L3 seen",
                "right",
                "wrong",
                "refused",
                "without"));
        kinds.forEach((kind, some) -> {
            Figures own = new SpinePhantoms(model, some).figures();
            text.append(String.format(
                    Locale.ROOT,
                    "%-18s %8d %8d %8d %8d %6d/%d%n",
                    kind,
                    own.whole(),
                    own.near(),
                    own.wrongInAll(),
                    own.refused(),
                    own.absentRefused(),
                    own.absent()));
        });
        text.append("\nConfidence of the answers against how many were right\n");
        for (Bin bin : bins()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%.2f to %.2f: %d answers, mean confidence %.3f, right %.3f%n",
                    bin.low(),
                    Math.min(1, bin.high()),
                    bin.answers(),
                    bin.confidence(),
                    bin.right()));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "Expected calibration error %.3f%nNot for primary diagnosis.%n",
                        calibrationError()))
                .toString();
    }

    private static double percent(int part, int whole) {
        return whole == 0 ? Double.NaN : 100.0 * part / whole;
    }

    /** Answers whose confidence lies in a range: their mean confidence, and the share that was right. */
    record Bin(double low, double high, int answers, double confidence, double right) {}

    List<Bin> bins() {
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b + 1 < BINS.length; b++) {
            double low = BINS[b];
            double high = BINS[b + 1];
            List<Case> some = cases.stream()
                    .filter(one -> one.answered() && one.confidence() >= low && one.confidence() < high)
                    .toList();
            if (!some.isEmpty()) {
                bins.add(new Bin(
                        low,
                        high,
                        some.size(),
                        some.stream().mapToDouble(Case::confidence).average().orElseThrow(),
                        (double) some.stream().filter(Case::right).count() / some.size()));
            }
        }
        return bins;
    }

    /** Mean distance of confidence and truth over the bins, weighted by their answers (Naeini, AAAI 2015). */
    double calibrationError() {
        List<Bin> bins = bins();
        int answers = bins.stream().mapToInt(Bin::answers).sum();
        return answers == 0
                ? Double.NaN
                : bins.stream()
                                .mapToDouble(bin -> bin.answers() * Math.abs(bin.confidence() - bin.right()))
                                .sum()
                        / answers;
    }

    /** The reliability figure: how many answers were right, by their confidence. */
    public String reliabilitySvg() {
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 400" font-family="sans-serif" font-size="13">
                <rect width="420" height="400" fill="white"/>
                <path d="M60 340H380V20" fill="none" stroke="#bbb"/>
                <path d="M60 340L380 20" stroke="#888" stroke-dasharray="5 4"/>
                <path d="M60 20V340H380" fill="none" stroke="black"/>
                <text x="220" y="388" text-anchor="middle">confidence of the answer</text>
                <text x="18" y="180" text-anchor="middle" transform="rotate(-90 18 180)">share that was right</text>
                """);
        for (double tick = AXIS; tick < 1.01; tick += 0.1) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"358\" text-anchor=\"middle\">%.2f</text>"
                            + "<text x=\"54\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>%n",
                    x(tick),
                    tick,
                    y(tick) + 4,
                    tick));
        }
        for (Bin bin : bins()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#0072b2\" fill-opacity=\"0.7\"/>"
                            + "<text x=\"%.1f\" y=\"%.1f\">%d</text>%n",
                    x(bin.confidence()),
                    y(Math.max(AXIS, bin.right())),
                    3 + Math.sqrt(bin.answers()),
                    x(bin.confidence()) - 30,
                    y(Math.max(AXIS, bin.right())) + 4,
                    bin.answers()));
        }
        return svg.append("</svg>\n").toString();
    }

    private static double x(double value) {
        return 60 + 320 * (value - AXIS) / (1 - AXIS);
    }

    private static double y(double value) {
        return 340 - 320 * (value - AXIS) / (1 - AXIS);
    }

    /** One row for each scan, with a header. */
    public String csv() {
        StringBuilder text = new StringBuilder(
                "seed,unusual,l3,slice_mm,error_mm,level_at_answer,flagged,confidence,refused_because\n");
        for (Case one : cases) {
            text.append(String.format(
                    Locale.ROOT,
                    "%d,\"%s\",%s,%.2f,%s,%s,%b,%.4f,\"%s\"%n",
                    one.seed(),
                    String.join(" + ", one.words()),
                    one.view().toLowerCase(Locale.ROOT),
                    one.sliceMm(),
                    one.answered() ? String.format(Locale.ROOT, "%.2f", one.errorMm()) : "",
                    one.level(),
                    one.flagged(),
                    one.confidence(),
                    one.reason()));
        }
        return text.toString();
    }
}
