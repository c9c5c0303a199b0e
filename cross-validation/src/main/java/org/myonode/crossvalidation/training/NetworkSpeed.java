package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.myonode.workers.segment.MuscleSegmenter;

/**
 * How long the muscle network takes to learn and to answer, here and in PyTorch, from the same weights on the same
 * slices of phantoms.
 *
 * <p>A step begins with plain arrays and ends with its loss; an answer begins with plain arrays and ends with plain
 * arrays of probabilities. Drawing the slices is not counted on either side.
 */
public final class NetworkSpeed {

    private static final double LEARNING_RATE = 1e-3;
    private static final int BATCHES = 8;
    private static final int BODIES = 64;

    /** Slices whose answers are averaged when serving: the slice and its mirror image. */
    private static final int SERVED_TOGETHER = 2;

    private NetworkSpeed() {}

    /**
     * What one way of computing took.
     *
     * @param name of the program and its way
     * @param seconds one for each turn, in order, without the warm-up
     */
    public record Timed(String name, double[] seconds) {

        /** Of the turns, s. */
        public double median() {
            double[] sorted = seconds.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }

        /** The fastest turn, s. */
        public double least() {
            return Arrays.stream(seconds).min().orElse(Double.NaN);
        }
    }

    /**
     * Both sides.
     *
     * @param own this program
     * @param others the ways of PyTorch; empty where it is not installed
     * @param othersMemoryMib the most that was resident there; 0 when it is not known
     * @param greatestDifference between the answers of both sides: losses of the first steps, or probabilities; NaN
     *     without the other side
     * @param notes what the other side had to say
     */
    public record Result(
            Timed own, List<Timed> others, double othersMemoryMib, double greatestDifference, List<String> notes) {

        /** The fastest way of the other side. */
        public @Nullable Timed fastestOther() {
            return others.stream()
                    .min(java.util.Comparator.comparingDouble(Timed::median))
                    .orElse(null);
        }
    }

    /** How many turns are compared by their answers: rounding drives two trainings apart. */
    private static final int COMPARED_STEPS = 10;

    /**
     * Steps of training, batch by batch.
     *
     * @param python where PyTorch is; null to measure this program alone
     */
    public static Result train(int batchSize, int warmUp, int rounds, @Nullable PyTorch python, Path folder)
            throws IOException, InterruptedException {
        List<Batch> batches = batches(batchSize);
        double[] losses = new double[warmUp + rounds];
        double[] seconds = new double[rounds];
        Weights first;
        try (Trainer trainer = new Trainer(MuscleTraining.task(), 1)) {
            first = trainer.weights();
            for (int step = 0; step < losses.length; step++) {
                Batch batch = batches.get(step % BATCHES);
                long start = System.nanoTime();
                losses[step] = trainer.step(batch, LEARNING_RATE).loss();
                if (step >= warmUp) {
                    seconds[step - warmUp] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        Timed own = new Timed("MyoNode", seconds);
        if (python == null) {
            return new Result(own, List.of(), 0, Double.NaN, List.of());
        }
        PyTorch.Answer answer =
                python.run("train", MuscleTraining.network(), first, batches, warmUp, rounds, LEARNING_RATE, folder);
        double difference = 0;
        for (int step = 0; step < Math.min(COMPARED_STEPS, losses.length); step++) {
            difference = Math.max(difference, Math.abs(losses[step] - answer.losses()[step]));
        }
        return new Result(own, answer.runs(), answer.memoryMib(), difference, answer.notes());
    }

    /**
     * Answers of the model of a package to a slice and its mirror image, as the node asks for them.
     *
     * @param model a muscle model that this program trained
     * @param python where PyTorch is; null to measure this program alone
     */
    public static Result infer(ModelPackage model, int warmUp, int rounds, @Nullable PyTorch python, Path folder)
            throws IOException, InterruptedException {
        Weights weights = Trainer.weightsOf(model.require(MuscleSegmenter.TASK).savedModel());
        requireKnownNetwork(model, weights);
        List<Batch> batches = batches(SERVED_TOGETHER);
        double[] seconds = new double[rounds];
        float[] answer = new float[0];
        int size = MuscleTraining.SIZE;
        try (LoadedModel loaded = LoadedModel.open(model, TensorFlowRuntime.start(TensorFlowRuntime.Choice.CPU), 1)) {
            for (int turn = 0; turn < warmUp + rounds; turn++) {
                Batch batch = batches.get(turn % BATCHES);
                long start = System.nanoTime();
                float[] output = loaded.run(batch.inputs(), SERVED_TOGETHER, size, size, MuscleTraining.WINDOWS.size());
                if (turn >= warmUp) {
                    seconds[turn - warmUp] = (System.nanoTime() - start) / 1e9;
                }
                answer = turn == 0 ? output : answer;
            }
        }
        Timed own = new Timed("MyoNode", seconds);
        if (python == null) {
            return new Result(own, List.of(), 0, Double.NaN, List.of());
        }
        PyTorch.Answer other =
                python.run("infer", MuscleTraining.network(), weights, batches, warmUp, rounds, 0, folder);
        double difference = 0;
        for (int i = 0; i < answer.length; i++) {
            difference = Math.max(difference, Math.abs(answer[i] - other.outputs()[i]));
        }
        return new Result(own, other.runs(), other.memoryMib(), difference, other.notes());
    }

    private static void requireKnownNetwork(ModelPackage model, Weights weights) throws IOException {
        for (Map.Entry<String, long[]> wanted : MuscleTraining.weightShapes().entrySet()) {
            Weights.Tensor tensor = weights.tensors().get(wanted.getKey());
            if (tensor == null || !Arrays.equals(tensor.shape(), wanted.getValue())) {
                throw new IOException(model + " is another network than the one that is trained here: no "
                        + wanted.getKey() + " of shape " + Arrays.toString(wanted.getValue()));
            }
        }
    }

    private static List<Batch> batches(int size) {
        MuscleSynthesis source = new MuscleSynthesis(
                List.of(new MuscleSynthesis.Pool("phantoms", 1, true, new PhantomSlices(BODIES, 1))),
                MuscleTraining.input(),
                size,
                1);
        List<Batch> batches = new ArrayList<>();
        for (int step = 0; step < BATCHES; step++) {
            batches.add(source.batch(step));
        }
        return batches;
    }
}
