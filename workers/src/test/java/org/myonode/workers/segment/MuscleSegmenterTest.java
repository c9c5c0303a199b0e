package org.myonode.workers.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.LoadedModel;
import org.myonode.workers.model.ModelException;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.TensorFlowRuntime;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** The shipped model on phantoms that training never draws: it draws even seeds only. */
final class MuscleSegmenterTest {

    private static final ModelPackage MODEL = ModelPackage.load(Path.of("models/muscle-l3"));
    private static MuscleSegmenter segmenter;

    @BeforeAll
    static void load() {
        segmenter = new MuscleSegmenter(MODEL, TensorFlowRuntime.start(TensorFlowRuntime.Choice.CPU), 2);
    }

    @AfterAll
    static void close() {
        segmenter.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {900_001, 900_013, 900_017, 900_019, 900_037})
    void muscle_of_a_fresh_phantom_is_found(long seed) {
        PhantomSlice truth = l3(seed);

        Segmentation found = segmenter.segment(image(truth));

        assertThat(dice(found.muscle(), truth.muscle())).isGreaterThan(0.9);
        assertThat(found.meanEntropy()).isBetween(0.0, 0.6);
        assertThat(found.cutByField()).isFalse();
    }

    @Test
    void the_same_slice_gives_the_same_mask_on_several_threads_at_once() throws Exception {
        HuSlice slice = image(l3(900_001));
        Mask expected = segmenter.segment(slice).muscle();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Segmentation>> calls = java.util.stream.IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> segmenter.segment(slice)))
                    .toList();
            for (Future<Segmentation> call : calls) {
                assertThat(call.get().muscle().pixels()).isEqualTo(expected.pixels());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void air_holds_no_muscle() {
        short[] hu = new short[128 * 128];
        Arrays.fill(hu, (short) -1000);

        Segmentation found = segmenter.segment(new HuSlice(128, 128, 2, 2, hu));

        assertThat(found.muscle().isEmpty()).isTrue();
        assertThat(found.meanEntropy()).isZero();
    }

    @Test
    void a_closed_model_refuses_and_does_not_crash() {
        LoadedModel model = LoadedModel.open(MODEL, TensorFlowRuntime.start(TensorFlowRuntime.Choice.CPU), 1);
        model.close();
        model.close();

        assertThatThrownBy(() -> model.run(new float[224 * 224 * 2], 1, 224, 224, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void what_is_not_a_number_is_refused() {
        try (LoadedModel model = LoadedModel.open(MODEL, TensorFlowRuntime.start(TensorFlowRuntime.Choice.CPU), 1)) {
            float[] input = new float[224 * 224 * 2];
            input[7] = Float.NaN;

            assertThatThrownBy(() -> model.run(input, 1, 224, 224, 2))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("not a number");
        }
    }

    private static PhantomSlice l3(long seed) {
        PhantomBody body = PhantomBody.of(seed);
        return body.slice(body.level(Vertebra.L3).midZMm(), 400, 1.2);
    }

    private static HuSlice image(PhantomSlice slice) {
        return new HuSlice(slice.size(), slice.size(), slice.spacingMm(), slice.spacingMm(), slice.hu());
    }

    private static double dice(Mask found, boolean[] truth) {
        int both = 0;
        int all = 0;
        for (int i = 0; i < truth.length; i++) {
            both += found.pixels()[i] && truth[i] ? 1 : 0;
            all += (found.pixels()[i] ? 1 : 0) + (truth[i] ? 1 : 0);
        }
        return 2.0 * both / all;
    }
}
