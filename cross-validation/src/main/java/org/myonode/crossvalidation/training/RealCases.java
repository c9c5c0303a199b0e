package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.locate.SpineReader;
import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** What models say of the public CTs, beside what is known of them. */
public final class RealCases {

    /** {@link RealSubjects} weighs the slices from L2 to L4 so. */
    private static final double CENTRAL = 1.4;

    private RealCases() {}

    /**
     * Muscle on one slice.
     *
     * @param subject whose
     * @param zMm height, as the subject's slices count it
     * @param atL3 whether the slice is known to show L3
     * @param central whether it lies between L2 and L4
     * @param weak whether the reference is another model's
     * @param seen whether the model learnt from the slice, as far as its card says
     * @param truth the reference
     * @param found what the model marked
     * @param dice of both
     */
    public record Muscle(
            String subject,
            double zMm,
            boolean atL3,
            boolean central,
            boolean weak,
            boolean seen,
            HuSlice slice,
            Mask truth,
            Mask found,
            double dice) {}

    /**
     * L3 in one series.
     *
     * @param series which; a subject may have two
     * @param answer of the model
     * @param truth {@code in view}, {@code not in view} or {@code not known}
     * @param errorMm answer minus middle of L3; NaN where one of them is missing
     */
    public record Spine(String series, L3 answer, String truth, double errorMm) {}

    /** Names of the data sets that a package says it learnt from. */
    public static Set<String> learntFrom(ModelPackage model) {
        Set<String> names = new HashSet<>();
        model.card()
                .at("/training/data")
                .forEach(data -> names.add(data.path("name").asText()));
        return names;
    }

    /** Every labelled slice of the data sets that are there. */
    public static List<Muscle> muscle(ModelPackage model, Path real) throws IOException {
        List<LabelledSlice> slices = RealSubjects.read(real);
        if (slices.isEmpty()) {
            throw new IOException(real + " holds none of the public data sets");
        }
        Set<String> learnt = learntFrom(model);
        List<HoldOut> heldOut = new ArrayList<>();
        model.card().at("/training/heldOut").forEach(out -> heldOut.add(HoldOut.parse(out.asText())));
        Predicate<LabelledSlice> atL3 = RealSubjects.atL3();
        List<Muscle> cases = new ArrayList<>();
        try (MuscleSegmenter segmenter = new MuscleSegmenter(model)) {
            for (LabelledSlice slice : slices) {
                Mask found = segmenter.segment(slice.slice()).muscle();
                cases.add(new Muscle(
                        slice.subject(),
                        slice.zMm(),
                        atL3.test(slice),
                        slice.weight() >= CENTRAL,
                        RealSubjects.isWeak(slice),
                        learnt.contains(slice.subject()) && heldOut.stream().noneMatch(out -> out.covers(slice)),
                        slice.slice(),
                        slice.muscle(),
                        found,
                        MuscleTraining.dice(found.pixels(), slice.classes())));
            }
        }
        return cases;
    }

    /** Every series of the data sets that are there. */
    public static List<Spine> spines(ModelPackage model, Path real) throws IOException {
        List<SpineSample> samples = RealSpines.read(real);
        if (samples.isEmpty()) {
            throw new IOException(real + " holds none of the public data sets");
        }
        Map<String, Integer> count = new TreeMap<>();
        int[] shape = model.require(L3Locator.TASK).inputShape();
        List<Spine> cases = new ArrayList<>();
        try (LoadedModel loaded = LoadedModel.open(model, TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO), 1)) {
            SpineReader reader = new SpineReader(shape[0], (input, batch) -> loaded.run(input, batch, shape));
            for (SpineSample sample : samples) {
                int number = count.merge(sample.subject(), 1, Integer::sum);
                L3 answer = L3Locator.locate(sample.images(), reader);
                double[] range = sample.range(SpineLevel.L3.channel());
                boolean known = java.util.Arrays.stream(sample.channels()).anyMatch(channel -> channel >= 0);
                double error = range.length == 2 && answer instanceof L3.Found found
                        ? found.zMm() - SpineImages.ROW_MM * (range[0] + range[1]) / 2
                        : Double.NaN;
                cases.add(new Spine(
                        sample.subject() + (number > 1 ? ", series " + number : ""),
                        answer,
                        !known ? "not known" : range.length == 2 ? "in view" : "not in view",
                        error));
            }
        }
        return cases;
    }
}
