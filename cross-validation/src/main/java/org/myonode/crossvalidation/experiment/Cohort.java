package org.myonode.crossvalidation.experiment;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.myonode.crossvalidation.training.Pace;
import org.myonode.db.DrawnSlice;
import org.myonode.phantom.BodyType;
import org.myonode.phantom.PhantomBody;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The cases of an experiment with the stratum of each patient. Masks are kept as bits: ten observers of 200 slices would
 * otherwise fill half a gigabyte.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Cohort {

    private static final double THICK_MM = 3;

    private final List<Kept> cases;
    private final Map<String, String> strata;
    private final String stratifiedBy;

    private Cohort(List<Kept> cases, Map<String, String> strata, String stratifiedBy) {
        this.cases = List.copyOf(cases);
        this.strata = new TreeMap<>(strata);
        this.stratifiedBy = stratifiedBy;
    }

    /** A case with its masks as bits. */
    private record Kept(
            String id, String patient, boolean phantom, String provenance, HuSlice slice, Map<String, BitSet> drawn) {

        static Kept of(Case one) {
            Map<String, BitSet> drawn = new TreeMap<>();
            one.drawn().forEach((observer, mask) -> drawn.put(observer, bits(mask)));
            return new Kept(one.id(), one.patient(), one.phantom(), one.provenance(), one.slice(), drawn);
        }

        Case unpacked() {
            Map<String, Mask> masks = new TreeMap<>();
            drawn.forEach((observer, bits) -> {
                boolean[] pixels = new boolean[slice.rows() * slice.columns()];
                bits.stream().forEach(i -> pixels[i] = true);
                masks.put(observer, new Mask(slice.rows(), slice.columns(), pixels));
            });
            return new Case(id, patient, phantom, provenance, slice, masks);
        }
    }

    /**
     * Phantoms with simulated observers, in strata of sex and body mass index.
     *
     * @param pace asked between two bodies
     * @param progress hears how many are drawn
     * @throws InterruptedIOException when the pace ended it
     */
    public static Cohort phantoms(ExperimentPlan.Data data, Pace pace, IntConsumer progress)
            throws InterruptedIOException {
        List<SimulatedObserver> panel = SimulatedObserver.panel(data.observers());
        List<Kept> cases = new ArrayList<>();
        Map<String, String> strata = new TreeMap<>();
        for (int i = 0; i < data.phantoms(); i++) {
            if (!pace.goOn()) {
                throw new InterruptedIOException("stopped after drawing " + i + " of " + data.phantoms() + " phantoms");
            }
            long seed = data.firstPhantom() + i;
            Case one = Case.ofPhantom(seed, panel);
            cases.add(Kept.of(one));
            strata.put(one.patient(), stratum(PhantomBody.of(seed).type()));
            progress.accept(i + 1);
        }
        return new Cohort(cases, strata, "sex and body mass index (below 25, 25 to 30, above 30 kg/m2) of the phantom");
    }

    private static String stratum(BodyType type) {
        double bmi = type.weightKg() / (type.heightM() * type.heightM());
        return type.sex().name().toLowerCase(java.util.Locale.ROOT)
                + (bmi < 25 ? ", below 25 kg/m2" : bmi <= 30 ? ", 25 to 30 kg/m2" : ", above 30 kg/m2");
    }

    /** Stored contours, in strata of slice thickness and of the area that was drawn. */
    public static Cohort stored(List<DrawnSlice> drawn) {
        List<Kept> cases = new ArrayList<>();
        Map<String, String> thickness = new TreeMap<>();
        Map<String, List<Double>> areas = new TreeMap<>();
        drawn.stream()
                .sorted(java.util.Comparator.comparing(one -> one.slice().sopInstanceUid()))
                .forEach(one -> {
                    Case made = Case.of(one);
                    cases.add(Kept.of(made));
                    thickness.putIfAbsent(
                            made.patient(),
                            one.slice().sliceThicknessMm().isEmpty()
                                    ? "thickness unknown"
                                    : one.slice().sliceThicknessMm().getAsDouble() > THICK_MM
                                            ? "above 3 mm"
                                            : "up to 3 mm");
                    areas.computeIfAbsent(made.patient(), patient -> new ArrayList<>())
                            .add(made.areaCm2(made.reference()));
                });
        Map<String, Double> means = new TreeMap<>();
        areas.forEach((patient, list) -> means.put(
                patient,
                list.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
        double[] sorted = means.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        Map<String, String> strata = new TreeMap<>();
        means.forEach((patient, area) -> {
            String third = area < sorted[sorted.length / 3]
                    ? "small area"
                    : area < sorted[2 * sorted.length / 3] ? "middling area" : "large area";
            strata.put(patient, thickness.get(patient) + ", " + third);
        });
        return new Cohort(
                cases,
                strata,
                "slice thickness (up to 3 mm, above, unknown) and thirds of the area that the observers agree on");
    }

    /** How many patients there are. */
    public int patients() {
        return strata.size();
    }

    /** How many cases there are. */
    public int size() {
        return cases.size();
    }

    Case at(int index) {
        return cases.get(index).unpacked();
    }

    /** Where the cases of these patients are. */
    List<Integer> indices(List<String> patients) {
        return IntStream.range(0, cases.size())
                .filter(i -> patients.contains(cases.get(i).patient()))
                .boxed()
                .toList();
    }

    Map<String, String> strata() {
        return strata;
    }

    /** What is kept beside the results. */
    CohortFacts facts() {
        long phantoms = cases.stream().filter(Kept::phantom).count();
        List<CohortFacts.CaseFacts> facts = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Kept one = cases.get(i);
            facts.add(new CohortFacts.CaseFacts(
                    one.id(),
                    one.patient(),
                    one.phantom(),
                    java.util.Objects.requireNonNull(strata.get(one.patient())),
                    one.drawn().size(),
                    one.slice().rows(),
                    one.slice().columns(),
                    one.slice().rowSpacingMm(),
                    one.slice().columnSpacingMm(),
                    file(i, "ct"),
                    file(i, "reference")));
        }
        List<String> observers = cases.stream()
                .flatMap(one -> one.drawn().keySet().stream())
                .distinct()
                .sorted()
                .toList();
        boolean several = cases.stream().anyMatch(one -> one.drawn().size() > 1);
        return new CohortFacts(
                phantoms == 0 ? "patients" : phantoms == cases.size() ? "phantoms" : "phantoms and patients",
                origins(),
                observers,
                observers.stream().anyMatch(SimulatedObserver::isSimulated) ? SimulatedObserver.describe() : "",
                several ? "majority of the observers, pixel by pixel, where several drew" : "what the observer drew",
                stratifiedBy,
                digest(),
                facts);
    }

    private List<String> origins() {
        boolean generated = cases.stream().allMatch(Kept::phantom) && cases.size() > 3;
        return generated
                ? List.of(cases.get(0).provenance() + ", and "
                        + (cases.size() - 1) + " more up to "
                        + cases.get(cases.size() - 1).id())
                : cases.stream().map(Kept::provenance).distinct().sorted().collect(Collectors.toList());
    }

    static String file(int index, String kind) {
        return String.format(java.util.Locale.ROOT, "cases/%04d-%s.png", index + 1, kind);
    }

    private String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (Kept one : cases) {
                HuSlice slice = one.slice();
                sha256.update((one.id()
                                + '\n'
                                + one.patient()
                                + '\n'
                                + slice.rows()
                                + ' '
                                + slice.columns()
                                + ' '
                                + slice.rowSpacingMm()
                                + ' '
                                + slice.columnSpacingMm()
                                + '\n')
                        .getBytes(StandardCharsets.UTF_8));
                ByteBuffer hu = ByteBuffer.allocate(2 * slice.hu().length);
                hu.asShortBuffer().put(slice.hu());
                sha256.update(hu);
                one.drawn().forEach((observer, bits) -> {
                    sha256.update((observer + '\n').getBytes(StandardCharsets.UTF_8));
                    sha256.update(bits.toByteArray());
                });
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BitSet bits(Mask mask) {
        BitSet bits = new BitSet(mask.pixels().length);
        for (int i = 0; i < mask.pixels().length; i++) {
            if (mask.pixels()[i]) {
                bits.set(i);
            }
        }
        return bits;
    }
}
