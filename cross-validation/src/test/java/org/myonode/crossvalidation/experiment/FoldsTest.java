package org.myonode.crossvalidation.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class FoldsTest {

    @Test
    void each_patient_is_tested_once_and_never_learnt_from_in_the_same_fold() {
        Map<String, String> strata = strata(203);

        Folds folds = Folds.of(strata, 4, 7);

        List<String> tested = new ArrayList<>();
        for (int f = 0; f < 4; f++) {
            tested.addAll(folds.parts().get(f));
            List<String> all = new ArrayList<>(folds.parts().get(f));
            all.addAll(folds.orders().get(f));
            assertThat(all).containsExactlyInAnyOrderElementsOf(strata.keySet());
            assertThat(folds.orders().get(f).size()).isGreaterThanOrEqualTo(Folds.smallestTraining(203, 4));
        }
        assertThat(tested).containsExactlyInAnyOrderElementsOf(strata.keySet());
        assertThat(Folds.smallestTraining(203, 4)).isEqualTo(152);
    }

    @Test
    void strata_are_spread_over_the_folds_and_over_the_beginnings_of_the_training_order() {
        Folds folds = Folds.of(strata(120), 4, 3);

        for (int f = 0; f < 4; f++) {
            assertThat(count(folds.parts().get(f), "thin")).isEqualTo(20);
            assertThat(folds.parts().get(f)).hasSize(30);
            // A third of the patients is stout, two thirds are thin: so are about the first twelve.
            assertThat(count(folds.orders().get(f).subList(0, 12), "thin")).isBetween(7L, 9L);
        }
    }

    @Test
    void the_seed_decides_and_nothing_else() {
        Map<String, String> strata = strata(40);

        assertThat(Folds.of(strata, 4, 1)).isEqualTo(Folds.of(new TreeMap<>(strata).descendingMap(), 4, 1));
        assertThat(Folds.of(strata, 4, 1)).isNotEqualTo(Folds.of(strata, 4, 2));
        assertThatThrownBy(() -> Folds.of(strata(3), 4, 1)).hasMessageContaining("there are 3");
    }

    private static long count(List<String> patients, String stratum) {
        return patients.stream().filter(patient -> patient.startsWith(stratum)).count();
    }

    private static Map<String, String> strata(int patients) {
        Map<String, String> strata = new TreeMap<>();
        for (int i = 0; i < patients; i++) {
            String stratum = i % 3 == 0 ? "stout" : "thin";
            strata.put(stratum + i, stratum);
        }
        return strata;
    }
}
