package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

final class TrainerTest {

    private static final int SIZE = 32;
    private static final Task TASK = new Task(
            new long[] {SIZE, SIZE, 2},
            new long[] {SIZE, SIZE, 3},
            new UNet(List.of(8, 12, 16), 4, 3),
            Task.Output.softmax(),
            Losses.crossEntropyAndDice(1),
            Losses.softDice(1));

    @TempDir
    Path folder;

    @Test
    void a_toy_segmentation_is_learnt_and_served_frozen_with_the_same_probabilities() throws IOException {
        try (Trainer trainer = new Trainer(TASK, 7)) {
            double score = 0;
            for (int step = 0; step < 150; step++) {
                score = trainer.step(toy(step), 4e-3).score();
            }
            assertThat(score).isGreaterThan(0.85);

            Batch batch = toy(9999);
            float[] expected = trainer.predict(batch.inputs(), batch.size());
            ModelPackage exported = export(TASK, trainer.weights());
            try (LoadedModel model =
                    LoadedModel.open(exported, TensorFlowRuntime.start(TensorFlowRuntime.Choice.CPU), 1)) {
                float[] served = model.run(batch.inputs(), batch.size(), SIZE, SIZE, 2);
                assertThat(served).hasSameSizeAs(expected);
                for (int i = 0; i < served.length; i++) {
                    assertThat(served[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-4f));
                }
            }
            assertThat(Trainer.weightsOf(exported.savedModel()).sameAs(trainer.weights()))
                    .isTrue();
        }
    }

    @Test
    void a_network_of_parted_convolutions_learns_in_both_parts_and_is_served_as_trained() throws IOException {
        Task parted = new Task(
                TASK.inputShape(),
                TASK.targetShape(),
                new UNet(List.of(8, 12, 16), 4, 3, true),
                TASK.output(),
                TASK.loss(),
                TASK.score());
        try (Trainer trainer = new Trainer(parted, 7)) {
            Weights before = trainer.weights();
            double score = 0;
            for (int step = 0; step < 150; step++) {
                score = trainer.step(toy(step), 4e-3).score();
            }
            assertThat(score).isGreaterThan(0.8);
            for (String name : List.of("down1a.d", "down1a.w", "up0b.d")) {
                assertThat(trainer.weights().tensors().get(name).values())
                        .as(name)
                        .isNotEqualTo(before.tensors().get(name).values());
            }
            ModelPackage exported = export(parted, trainer.weights());
            assertThat(Trainer.weightsOf(exported.savedModel()).sameAs(trainer.weights()))
                    .isTrue();
        }
    }

    @Test
    void two_runs_of_one_seed_are_equal_bit_for_bit_and_another_seed_is_not() {
        Weights first = train(3, 8);
        Weights second = train(3, 8);
        Weights other = train(4, 8);

        assertThat(first.sameAs(second)).isTrue();
        assertThat(first.sameAs(other)).isFalse();
    }

    @Test
    void a_run_that_goes_on_from_its_checkpoint_ends_where_an_unbroken_one_ends() throws IOException {
        Path checkpoint = folder.resolve("run.checkpoint");
        TrainingLoop loop = new TrainingLoop(12, 1e-3, checkpoint, 7, Clock.systemUTC());
        Weights unbroken;
        try (Trainer trainer = new Trainer(TASK, 5)) {
            new TrainingLoop(12, 1e-3, null, 7, Clock.systemUTC())
                    .run(trainer, TrainerTest::toy, Progress.silent(), (t, step) -> true);
            unbroken = trainer.averageWeights();
        }
        try (Trainer trainer = new Trainer(TASK, 5)) {
            assertThat(loop.resume(trainer)).isFalse();
            loop.run(trainer, TrainerTest::toy, Progress.silent(), (t, step) -> step < 7);
        }
        try (Trainer trainer = new Trainer(TASK, 6)) {
            assertThat(loop.resume(trainer)).isTrue();
            assertThat(trainer.steps()).isEqualTo(7);
            loop.run(trainer, TrainerTest::toy, Progress.silent(), (t, step) -> true);

            assertThat(trainer.averageWeights().sameAs(unbroken)).isTrue();
        }
    }

    @Test
    void a_trainable_model_goes_on_without_this_program_as_the_trainer_does() throws IOException {
        Weights trained = train(3, 2);
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        Trainer.exportTrainable(TASK, trained, first);
        Trainer.exportTrainable(TASK, trained, second);
        try (var files = Files.walk(first)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(second.resolve(first.relativize(file))).hasSameBinaryContentAs(file);
            }
        }
        try (Trainer trainer = new Trainer(TASK, 11);
                SavedModelBundle bundle = SavedModelBundle.load(first.toString(), "serve")) {
            trainer.adopt(trained);
            for (int t = 1; t <= 3; t++) {
                Batch batch = toy(100 + t);
                assertThat(call(bundle, "eval", batch, t).score())
                        .isEqualTo(trainer.evaluate(batch).score());
                assertThat(call(bundle, "train_step", batch, t)).isEqualTo(trainer.step(batch, 1e-3));
            }
            assertThat(call(bundle, "eval", toy(104), 4)).isEqualTo(trainer.evaluate(toy(104)));
        }
    }

    private static Trainer.StepResult call(SavedModelBundle bundle, String signature, Batch batch, int t) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("input", TFloat32.tensorOf(Shape.of(batch.size(), SIZE, SIZE, 2), DataBuffers.of(batch.inputs())));
        inputs.put("target", TFloat32.tensorOf(Shape.of(batch.size(), SIZE, SIZE, 3), DataBuffers.of(batch.targets())));
        if (signature.equals("train_step")) {
            inputs.put("learning_rate", TFloat32.scalarOf(1e-3f));
            inputs.put("beta1_power", TFloat32.scalarOf((float) Math.pow(0.9f, t)));
            inputs.put("beta2_power", TFloat32.scalarOf((float) Math.pow(0.99f, t)));
        }
        try (Result result = bundle.function(signature).call(inputs)) {
            return new Trainer.StepResult(
                    ((TFloat32) result.get("loss").orElseThrow()).getFloat(),
                    ((TFloat32) result.get("score").orElseThrow()).getFloat());
        } finally {
            inputs.values().forEach(Tensor::close);
        }
    }

    @Test
    void fine_tuning_takes_over_what_fits() {
        Weights trained = train(3, 2);
        try (Trainer trainer = new Trainer(TASK, 11)) {
            assertThat(trainer.adopt(trained)).isEqualTo(trained.tensors().size());
            assertThat(trainer.weights().sameAs(trained)).isTrue();
        }
    }

    private static Weights train(long seed, int steps) {
        try (Trainer trainer = new Trainer(TASK, seed)) {
            for (int step = 0; step < steps; step++) {
                trainer.step(toy(step), 1e-3);
            }
            return trainer.weights();
        }
    }

    private ModelPackage export(Task task, Weights weights) throws IOException {
        Trainer.exportFrozen(task, weights, folder.resolve("saved_model"), null);
        Files.writeString(folder.resolve("model.json"), """
                {"schema": 1, "id": "toy", "version": "1", "task": "toy", "input": {"shape": [32, 32, 2]},
                 "files": {"saved_model/saved_model.pb": "%s"}}
                """.formatted(
                        ModelPackage.digest(folder.resolve("saved_model/saved_model.pb"))));
        return ModelPackage.load(folder);
    }

    /** Bright discs to be found among bright rings. */
    static Batch toy(long step) {
        int batch = 4;
        SplittableRandom random = new SplittableRandom(step);
        float[] inputs = new float[batch * SIZE * SIZE * 2];
        float[] targets = new float[batch * SIZE * SIZE * 3];
        for (int b = 0; b < batch; b++) {
            double cx = 10 + random.nextInt(12);
            double cy = 10 + random.nextInt(12);
            double radius = 3 + random.nextInt(4);
            for (int i = 0; i < SIZE * SIZE; i++) {
                double d = Math.hypot(i % SIZE - cx, i / SIZE - cy);
                int label = d < radius ? 1 : Math.abs(d - radius - 4) < 1.5 ? 2 : 0;
                int at = b * SIZE * SIZE + i;
                inputs[2 * at] = (label == 0 ? -0.5f : 0.5f) + 0.2f * (float) random.nextGaussian();
                inputs[2 * at + 1] = label == 0 ? -0.5f : 0.5f;
                targets[3 * at + label] = 1;
            }
        }
        return new Batch(batch, inputs, targets);
    }
}
