package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SourceTaskTest {

    /** Five levels down with two layers of kernel, gain and bias each. */
    private static final int ENCODER = 5 * 2 * 3;

    @TempDir
    static Path folder;

    private Trainer muscle;

    @BeforeAll
    void a_muscle_network() {
        muscle = new Trainer(MuscleTraining.task(), 1);
    }

    @AfterAll
    void close() {
        muscle.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, 0",
        "FRACTALS, 30",
        "JIGSAW, 30",
        // All but the three of the last layer, which answers something else.
        "OUTLINES, -3",
        "RESTORATION, -3",
        "PHANTOMS, 0"
    })
    void what_a_task_has_learnt_is_carried_over_and_said(SourceTask task, int expected) throws IOException {
        int all = muscle.shapes().size();
        FirstWeights first = new FirstWeights.Learnt(task, 2, List.of());

        FirstWeights.Transfer transfer = first.into(muscle, 3, null, Clock.systemUTC(), Progress.silent());

        int count = task == SourceTask.NONE ? 0 : expected > 0 ? expected : all + expected;
        assertThat(transfer.tensors()).isEqualTo(count);
        assertThat(transfer.source()).isEqualTo(task.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(transfer.numbers()).isLessThanOrEqualTo(transfer.of());
        if (count == ENCODER) {
            assertThat(transfer.layers()).hasSize(10).allMatch(layer -> layer.startsWith("down"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = SourceTask.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_task_is_learnt_the_same_way_twice(SourceTask task) throws IOException {
        Weights once = task.learn(List.of(), 1, 9, null, Clock.systemUTC(), Progress.silent());
        Weights again = task.learn(List.of(), 1, 9, null, Clock.systemUTC(), Progress.silent());

        assertThat(once.sameAs(again)).isTrue();
        assertThat(once.step()).isEqualTo(1);
    }

    @Test
    void fractals_of_one_family_differ_and_fill_the_picture() {
        Batch batch = new Fractals(8, 2, 5).batch(1);

        for (int b = 0; b < 8; b++) {
            int lit = 0;
            for (int i = 0; i < Fractals.SIZE * Fractals.SIZE; i++) {
                lit += batch.inputs()[(b * Fractals.SIZE * Fractals.SIZE + i) * 2] > -0.5f ? 1 : 0;
            }
            assertThat(lit).as("lit pixels of picture %d", b).isGreaterThan(300);
        }
        assertThat(new Fractals(8, 2, 5).batch(1).inputs()).isEqualTo(batch.inputs());
        assertThat(new Fractals(8, 2, 5).batch(2).inputs()).isNotEqualTo(batch.inputs());
    }

    @Test
    void outlines_have_bands_with_an_inside() {
        Batch batch = new Outlines(128, 6, 2, 5).batch(3);
        int[] count = new int[Outlines.CLASSES];
        for (int i = 0; i < batch.targets().length; i++) {
            count[i % Outlines.CLASSES] += batch.targets()[i] == 1 ? 1 : 0;
        }

        assertThat(Arrays.stream(count).sum()).isEqualTo(6 * 128 * 128);
        assertThat(count[Outlines.BAND]).isGreaterThan(2000);
        assertThat(count[Outlines.INSIDE]).isGreaterThan(2000);
        for (float value : batch.inputs()) {
            assertThat(value).isBetween(-1f, 1f);
        }
    }

    @Test
    void exchanged_patches_are_those_of_the_slice_itself() {
        UnlabelledViews views = new UnlabelledViews(List.of(), new PhantomSlices(1, 3), MuscleTraining.input());
        Batch batch = new Restoration(views, 1, 4).batch(0);
        float[] exchanged = batch.inputs().clone();
        float[] whole = batch.targets().clone();

        assertThat(exchanged).isNotEqualTo(whole);
        Arrays.sort(exchanged);
        Arrays.sort(whole);
        assertThat(exchanged).isEqualTo(whole);
    }

    @Test
    void an_archive_of_numpy_arrays_is_read_by_name_and_colours_become_windows() throws IOException {
        long[] shape = muscle.shapes().get("down0a.w");
        int taps = (int) (shape[0] * shape[1]);
        int filters = (int) shape[3];
        // 2x2 neighbourhoods of three colours; every colour of a place has the value of its place.
        float[] kernel = new float[taps * 4 * 3 * filters];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = i / (3 * filters) % 4 + (i % filters == 0 ? 0.5f : 0);
        }
        long[] second = muscle.shapes().get("down0b.b");
        Path file = folder.resolve("natural.npz");
        npz(
                file,
                Map.of(
                        "stem/kernel", npy("<f4", new long[] {3, 3, 12, filters}, kernel),
                        "down0b.b", npy("<f8", second, new float[(int) second[0]]),
                        "other", npy("<f4", new long[] {1}, new float[1])));
        Files.writeString(folder.resolve("natural.names.json"), "{\"down0a.w\": \"stem/kernel\"}");

        Weights weights = ImportedWeights.read(file, muscle.shapes());

        assertThat(weights.tensors()).containsOnlyKeys("down0a.w", "down0a.g", "down0b.b");
        Weights.Tensor stem = weights.tensors().get("down0a.w");
        assertThat(stem.shape()).isEqualTo(shape);
        // Three colours of value v over two windows: 1.5 v in each.
        assertThat(stem.values()[filters + 1]).isEqualTo(0f);
        assertThat(stem.values()[2 * filters + 1]).isEqualTo(1.5f);
        assertThat(weights.tensors().get("down0a.g").values()).hasSize(filters).doesNotContain(0f);
        FirstWeights.Transfer transfer =
                new FirstWeights.OfFile(file).into(muscle, 1, null, Clock.systemUTC(), Progress.silent());
        assertThat(transfer.tensors()).isEqualTo(3);
        assertThat(transfer.words()).contains("natural.npz");
    }

    @Test
    void archives_that_cannot_be_used_are_refused_by_name() throws IOException {
        Path whole = folder.resolve("int.npz");
        npz(whole, Map.of("down0a.w", npy("<i8", new long[] {2}, new float[4])));
        Path useless = folder.resolve("useless.npz");
        npz(useless, Map.of("down0a.b", npy("<f4", new long[] {3}, new float[3])));
        Path cut = folder.resolve("cut.npz");
        npz(cut, Map.of("down0a.b", Arrays.copyOf(npy("<f4", new long[] {24}, new float[24]), 150)));
        Path text = Files.writeString(folder.resolve("text.npz"), "text");

        assertThatThrownBy(() -> ImportedWeights.read(whole, muscle.shapes()))
                .hasMessageContaining("array down0a.w")
                .hasMessageContaining("<i8");
        assertThatThrownBy(() -> ImportedWeights.read(cut, muscle.shapes())).hasMessageContaining("needs 96 bytes");
        assertThatThrownBy(() -> ImportedWeights.read(text, muscle.shapes()))
                .hasMessageContaining("is no .npz archive");
        assertThatThrownBy(() ->
                        new FirstWeights.OfFile(useless).into(muscle, 1, null, Clock.systemUTC(), Progress.silent()))
                .hasMessageContaining("useless.npz")
                .hasMessageContaining("none of its 1 tensors fits");
    }

    private static byte[] npy(String type, long[] shape, float[] values) throws IOException {
        StringBuilder sizes = new StringBuilder();
        for (long size : shape) {
            sizes.append(size).append(", ");
        }
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sizes + "), }\n";
        int width = type.endsWith("4") ? 4 : 8;
        ByteBuffer data = ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (width == 4) {
                data.putFloat(value);
            } else {
                data.putDouble(value);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x93);
        out.write("NUMPY".getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        out.write(data.array());
        return out.toByteArray();
    }

    private static void npz(Path file, Map<String, byte[]> arrays) throws IOException {
        try (OutputStream stream = Files.newOutputStream(file);
                ZipOutputStream out = new ZipOutputStream(stream)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                out.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                out.write(array.getValue());
            }
        }
    }
}
