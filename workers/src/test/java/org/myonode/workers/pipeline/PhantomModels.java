package org.myonode.workers.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.myonode.dicom.Tag;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.SyntheticCt;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.LevelRange;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.segment.Segmentation;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * A phantom as a CT series, and "models" that know its truth: the pipeline around the models is tested, not the models.
 */
final class PhantomModels {
    static final int SIZE = 256;
    static final double PIXEL_MM = 2;
    static final double SPACING_MM = 4;

    final PhantomBody body;
    final double lowestZMm;
    final List<PhantomSlice> slices = new ArrayList<>();

    PhantomModels(long seed, double fromZOffsetMm, double toZOffsetMm) {
        body = PhantomBody.of(seed);
        double middle = body.level(Vertebra.L3).midZMm();
        lowestZMm = middle + fromZOffsetMm;
        for (double z = lowestZMm; z <= middle + toZOffsetMm; z += SPACING_MM) {
            slices.add(body.slice(z, SIZE, PIXEL_MM));
        }
    }

    /** The lumbar spine and a little more. */
    static PhantomModels lumbar(long seed) {
        return new PhantomModels(seed, -72, 72);
    }

    List<Path> write(Path folder) {
        return series(folder).write(hu());
    }

    SyntheticCt series(Path folder) {
        return new SyntheticCt(folder)
                .lowestZ(lowestZMm)
                .spacing(SPACING_MM)
                .change((k, image) -> image.set(Tag.PatientSize, body.type().heightM()));
    }

    List<HuSlice> hu() {
        return slices.stream()
                .map(slice -> new HuSlice(SIZE, SIZE, PIXEL_MM, PIXEL_MM, slice.hu()))
                .toList();
    }

    double trueAreaCm2() {
        return slices.get(middle()).muscleAreaCm2();
    }

    int middle() {
        return (int) Math.round((body.level(Vertebra.L3).midZMm() - lowestZMm) / SPACING_MM);
    }

    Models models() {
        return new Models(
                volume -> body.level(Vertebra.L3).midZMm() > volume.zMm(volume.depth() - 1)
                                || body.level(Vertebra.L3).midZMm() < volume.zMm(0)
                        ? new L3.NotFound("L3 is above or below the scan", 0.02, List.of())
                        : new L3.Found(middle(), volume.zMm(middle()), 0.97, ranges()),
                new ModelIdentity("truth-locator", "1", "a".repeat(64)),
                slice -> new Segmentation(truth(slice), 0.1, 0.02, 0.98, false),
                new ModelIdentity("truth-segmenter", "1", "b".repeat(64)));
    }

    private List<LevelRange> ranges() {
        return body.levels().stream()
                .filter(range -> range.level().isLumbar() && range.level().ordinal() <= Vertebra.L5.ordinal())
                .filter(range -> range.inferiorZMm() > lowestZMm && range.superiorZMm() < lowestZMm + 144)
                .map(range -> new LevelRange(
                        SpineLevel.valueOf(range.level().name()),
                        range.inferiorZMm() - 4,
                        range.superiorZMm() + 4,
                        true))
                .toList();
    }

    private Mask truth(HuSlice slice) {
        for (PhantomSlice candidate : slices) {
            if (java.util.Arrays.equals(candidate.hu(), slice.hu())) {
                return new Mask(SIZE, SIZE, candidate.muscle());
            }
        }
        throw new AssertionError("a slice that is not of this phantom");
    }
}
