package org.myonode.workers.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.PhantomVolume;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.ModelException;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.SlicePosition;

/** The shipped model on a phantom it has not seen. */
class L3LocatorTest {

    private static final Path MODELS = Path.of("models");
    private static final double SLICE_MM = 5;

    private static final PhantomBody BODY = PhantomBody.of(7001);

    @SuppressWarnings("NullAway.Init")
    private static L3Locator locator;

    @BeforeAll
    static void load() {
        locator = new L3Locator(ModelPackage.load(MODELS.resolve("spine-l3")));
    }

    @AfterAll
    static void unload() {
        locator.close();
    }

    @Test
    void finds_l3_between_pelvis_and_chest() {
        CtVolume volume = volume(
                BODY.level(Vertebra.SACRUM).inferiorZMm(),
                BODY.level(Vertebra.T7).superiorZMm());
        assertThat(locator.locate(volume)).isInstanceOfSatisfying(L3.Found.class, found -> {
            assertThat(found.zMm()).isCloseTo(BODY.level(Vertebra.L3).midZMm(), within(SLICE_MM));
            assertThat(volume.zMm(found.sliceIndex())).isEqualTo(found.zMm());
            assertThat(found.confidence()).isBetween(0.8, 1.0);
            assertThat(found.levels())
                    .extracting(LevelRange::level)
                    .contains(SpineLevel.SACRUM, SpineLevel.L3, SpineLevel.T12);
        });
    }

    @Test
    void refuses_a_chest() {
        CtVolume volume = volume(
                BODY.level(Vertebra.T9).inferiorZMm(), BODY.level(Vertebra.C4).superiorZMm());
        assertThat(locator.locate(volume))
                .isInstanceOfSatisfying(
                        L3.NotFound.class,
                        refused -> assertThat(refused.reason()).startsWith("no L3 in the field of view"));
    }

    @Test
    void refuses_a_model_for_something_else() {
        ModelPackage muscle = ModelPackage.load(MODELS.resolve("muscle-l3"));
        assertThatThrownBy(() -> new L3Locator(muscle))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("expected one for l3-localisation");
    }

    private static CtVolume volume(double fromMm, double toMm) {
        PhantomVolume phantom = BODY.volume(160, 3, fromMm, SLICE_MM, (int) ((toMm - fromMm) / SLICE_MM));
        short[][] hu = new short[phantom.slices().size()][];
        List<SlicePosition> positions = new ArrayList<>();
        for (int k = 0; k < hu.length; k++) {
            PhantomSlice slice = phantom.slices().get(k);
            hu[k] = slice.hu();
            positions.add(new SlicePosition(Integer.toString(k), slice.zMm()));
        }
        return new CtVolume(160, 160, 3, 3, SLICE_MM, hu, positions);
    }
}
