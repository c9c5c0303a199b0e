package org.myonode.crossvalidation.commissioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.ModelPackage;

final class SpinePhantomsTest {

    private static final ModelPackage SHIPPED = ModelPackage.load(Path.of("../workers/models/spine-l3"));

    @Test
    void the_shipped_model_is_measured_on_scans_whose_levels_are_known() throws IOException {
        List<Integer> heard = new ArrayList<>();

        SpinePhantoms result = SpinePhantoms.of(SHIPPED, 2_000_001, 3, true, heard::add);

        assertThat(heard).containsExactly(1, 2, 3);
        assertThat(result.cases()).hasSize(3);
        for (SpinePhantoms.Case one : result.cases()) {
            assertThat(one.answered()).isEqualTo(one.reason().isEmpty());
            assertThat(one.right() || !one.answered() || one.flagged())
                    .as("scan %s", one)
                    .isTrue();
        }
        assertThat(result.csv().lines()).hasSize(4);
        assertThat(result.summary()).contains("Phantom results, 3 fresh bodies");
        assertThat(result.reliabilitySvg()).startsWith("<svg").contains("share that was right");
    }

    @Test
    void figures_follow_from_the_cases() {
        SpinePhantoms result = new SpinePhantoms(
                SHIPPED,
                List.of(
                        answered("WHOLE", 4, false, 0.96),
                        answered("WHOLE", -1, false, 0.98),
                        answered("WHOLE", 33, false, 0.9),
                        answered("WHOLE", -35, true, 0.75),
                        refused("WHOLE"),
                        refused("ABSENT"),
                        answered("ABSENT", 60, false, 0.8),
                        answered("CUT", 3, false, 0.8)));

        SpinePhantoms.Figures figures = result.figures();
        assertThat(figures.whole()).isEqualTo(5);
        assertThat(figures.near()).isEqualTo(2);
        assertThat(figures.refused()).isEqualTo(1);
        assertThat(figures.wrong()).isEqualTo(2);
        assertThat(figures.absent()).isEqualTo(2);
        assertThat(figures.absentRefused()).isEqualTo(1);
        assertThat(figures.cut()).isEqualTo(1);
        assertThat(figures.wrongInAll()).isEqualTo(3);
        assertThat(figures.wrongUnflagged()).isEqualTo(2);
        assertThat(figures.medianSlices()).isEqualTo(33 / 4.0, within(1e-9));
        // 0.75 wrong; 0.8 twice, one right; 0.9 wrong; 0.96 right; 0.98 right.
        assertThat(result.calibrationError()).isEqualTo((0.75 + 2 * 0.3 + 0.9 + 0.04 + 0.02) / 6, within(1e-9));
        assertThatThrownBy(() -> new SpinePhantoms(SHIPPED, List.of())).hasMessageContaining("no phantoms");
    }

    @Test
    void scans_without_l3_and_with_all_of_it_are_both_drawn_and_say_so() {
        List<SpineScan> scans = LongStream.range(2_000_001, 2_000_061)
                .mapToObj(SpineScan::variant)
                .toList();

        for (SpineScan scan : scans) {
            LevelRange l3 = scan.body().level(Vertebra.L3);
            boolean whole = l3.inferiorZMm() >= scan.lowestZMm() && l3.superiorZMm() <= scan.highestZMm();
            assertThat(scan.view() == SpineScan.View.WHOLE).isEqualTo(whole);
            assertThat(scan.levelAt(l3.midZMm())).isEqualTo("L3");
        }
        assertThat(scans).anyMatch(scan -> scan.view() == SpineScan.View.ABSENT);
        assertThat(scans.stream().flatMap(scan -> scan.words().stream()).distinct())
                .contains("4 lumbar", "6 lumbar", "scoliosis", "prone", "part", "above L3", "below L3");
    }

    private static SpinePhantoms.Case answered(String view, double errorMm, boolean flagged, double confidence) {
        return new SpinePhantoms.Case(1, List.of(), view, 4, errorMm, "L3", flagged, confidence, "");
    }

    private static SpinePhantoms.Case refused(String view) {
        return new SpinePhantoms.Case(1, List.of(), view, 4, Double.NaN, "", false, 0.3, "uncertain");
    }
}
