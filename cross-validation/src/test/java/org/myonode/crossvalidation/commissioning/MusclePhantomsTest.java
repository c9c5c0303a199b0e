package org.myonode.crossvalidation.commissioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.ModelPackage;

final class MusclePhantomsTest {

    private static final Path SHIPPED = Path.of("../workers/models/muscle-l3");

    @TempDir
    Path folder;

    @Test
    void the_shipped_model_is_measured_on_bodies_whose_muscle_is_known() throws IOException {
        List<Integer> heard = new ArrayList<>();

        MusclePhantoms result =
                MusclePhantoms.of(ModelPackage.load(SHIPPED), 900_001, 4, folder.resolve("worst"), heard::add);

        assertThat(heard).containsExactly(1, 2, 3, 4);
        assertThat(result.meanDice()).as("mean Dice of four phantoms").isBetween(0.95, 1.0);
        PhantomBody body = PhantomBody.of(900_001);
        LevelRange l3 = body.level(Vertebra.L3);
        assertThat(result.cases().get(0).trueAreaCm2())
                .isEqualTo(body.muscleAreaCm2((l3.inferiorZMm() + l3.superiorZMm()) / 2), within(1e-9));
        assertThat(result.worst(1).get(0).dice()).isEqualTo(result.dice(0));
        assertThat(result.csv().lines()).hasSize(5);
        assertThat(result.summary()).contains("Phantom results, 4 fresh bodies").contains("of 4");
        try (Stream<Path> pictures = Files.list(folder.resolve("worst"))) {
            assertThat(pictures).hasSize(4);
        }
    }

    @Test
    void figures_follow_from_the_cases() throws IOException {
        ModelPackage model = ModelPackage.load(SHIPPED);
        MusclePhantoms result = new MusclePhantoms(
                model,
                List.of(
                        new MusclePhantoms.Case(1, 0.99, 100, 100, 0, 0, 1, ""),
                        new MusclePhantoms.Case(2, 0.90, 112, 100, 0, 0, 1, ""),
                        new MusclePhantoms.Case(3, 0.98, 96, 100, 0, 0, 1, "")));

        assertThat(result.meanDice()).isEqualTo((0.99 + 0.90 + 0.98) / 3, within(1e-12));
        assertThat(result.dice(0)).isEqualTo(0.90);
        assertThat(result.dice(0.5)).isEqualTo(0.98);
        assertThat(result.within(5)).isEqualTo(2);
        assertThat(result.biasPercent()).isEqualTo(8.0 / 3, within(1e-9));
        assertThat(result.worst(2)).extracting(MusclePhantoms.Case::seed).containsExactly(2L, 3L);
        assertThatThrownBy(() -> new MusclePhantoms(model, List.of())).hasMessageContaining("no phantoms");
    }
}
