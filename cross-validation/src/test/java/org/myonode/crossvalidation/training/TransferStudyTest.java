package org.myonode.crossvalidation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts that need no public data; with them it is a command of many minutes. */
final class TransferStudyTest {

    @TempDir
    Path folder;

    @Test
    void slicesAreTakenEvenlyOverTheHeight() {
        List<Integer> all = IntStream.range(0, 14).boxed().toList();

        assertThat(TransferStudy.even(all, 2)).containsExactly(3, 10);
        assertThat(TransferStudy.even(all, 5)).containsExactly(1, 4, 7, 9, 12);
        assertThat(TransferStudy.even(all, 14)).isEqualTo(all);
        assertThat(TransferStudy.even(all, 0)).isEmpty();
    }

    @Test
    void aRowIsReadAsItWasWritten() {
        TransferStudy.Row row = new TransferStudy.Row("JIGSAW", 5, "a", "b", 13, 0.9123, -1.25);
        TransferStudy.Row unknown =
                new TransferStudy.Row(TransferStudy.IMPORTED, 0, "a", "b", 13, Double.NaN, Double.NaN);

        assertThat(row.line()).isEqualTo("JIGSAW,5,a,b,13,0.9123,-1.25");
        assertThat(TransferStudy.Row.of(row.line())).isEqualTo(row);
        assertThat(unknown.line()).isEqualTo("IMPORTED,0,a,b,13,,");
        assertThat(TransferStudy.Row.of(unknown.line())).isEqualTo(unknown);
    }

    @Test
    void withoutTheDataOrWithAnotherTableItSaysSo() throws IOException {
        TransferStudy study = new TransferStudy(Clock.systemUTC(), () -> true);
        TransferStudy.Options options = options(1);

        assertThatThrownBy(() -> study.run(options, Progress.silent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("acrin_flt_breast_001");
        assertThatThrownBy(() -> new TransferStudy.Options(
                        folder, folder, List.of(), null, List.of(2), MuscleDesign.STANDARD, 1, 1, 1e-3, 0, 1))
                .hasMessageContaining("sources");
        assertThat(Files.exists(folder.resolve("out/transfer.csv"))).isFalse();
    }

    @Test
    void aTableThatWasBegunWithOtherOptionsIsNotGoneOnWith() throws IOException {
        TransferStudy study = new TransferStudy(Clock.systemUTC(), () -> true);
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.writeString(out.resolve("options.txt"), options(1).words());
        Files.writeString(
                out.resolve("transfer.csv"),
                "source,slices,learnt_from,tested_on,tested_slices,dice,area_error_percent\nNONE,2,a,b,13,0.5,1\n");

        assertThatThrownBy(() -> study.run(options(2), Progress.silent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other options")
                .hasMessageContaining("seed: 1");
        assertThat(out.resolve("options.txt")).hasContent(options(1).words());
        // with the same options it only lacks the images
        assertThatThrownBy(() -> study.run(options(1), Progress.silent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("acrin_flt_breast_001");
    }

    private TransferStudy.Options options(long seed) {
        return new TransferStudy.Options(
                folder,
                folder.resolve("out"),
                List.of(SourceTask.NONE),
                null,
                List.of(2),
                MuscleDesign.STANDARD,
                1,
                1,
                1e-3,
                0,
                seed);
    }

    @Test
    void aRecipeWithoutAnIngredientGivesOtherSlices() {
        List<MuscleSynthesis.Pool> pools =
                List.of(new MuscleSynthesis.Pool("phantoms", 1, false, new PhantomSlices(4, 1)));
        float[] whole = new MuscleSynthesis(pools, MuscleTraining.input(), 1, 1)
                .batch(3)
                .inputs();

        for (Ingredient ingredient : List.of(Ingredient.SHAPES, Ingredient.TISSUES)) {
            assertThat(new MuscleSynthesis(pools, MuscleTraining.input(), 1, 1, java.util.Set.of(ingredient))
                            .batch(3)
                            .inputs())
                    .as(ingredient.name())
                    .isNotEqualTo(whole);
        }
        assertThat(new MuscleSynthesis(pools, MuscleTraining.input(), 1, 1, java.util.Set.of(Ingredient.PHANTOMS))
                        .batch(3)
                        .inputs())
                .isEqualTo(whole);
    }
}
