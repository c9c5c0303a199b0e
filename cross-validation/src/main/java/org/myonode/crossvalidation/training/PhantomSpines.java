package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.workers.locate.SpineImages;

/** Spines of phantoms, head to mid thigh, on the 3 mm grid the views are cut from. */
final class PhantomSpines {

    private static final int SIZE = 160;

    private PhantomSpines() {}

    /** The spine of a body; about two seconds on one core. */
    static SpineSample of(PhantomBody body) {
        double first = body.inferiorZMm();
        int rows = (int) ((body.superiorZMm() - first) / SpineImages.ROW_MM) + 1;
        float[][] cells = new float[rows][];
        IntStream.range(0, rows).parallel().forEach(row -> {
            PhantomSlice slice = body.slice(first + row * SpineImages.ROW_MM, SIZE, SpineImages.ROW_MM);
            float[] plane = new float[SIZE * SIZE];
            for (int i = 0; i < plane.length; i++) {
                plane[i] = slice.hu()[i];
            }
            cells[row] = plane;
        });
        List<SpineSample.Body> bodies = new ArrayList<>();
        for (LevelRange range : body.levels()) {
            // From head to foot there, from foot to head here.
            bodies.add(
                    0,
                    new SpineSample.Body(
                            RealSpines.level(range.level().name()), range.inferiorZMm(), range.superiorZMm()));
        }
        return SpineSample.of("phantom " + body.seed(), SpineImages.of(cells, SIZE, SIZE, first), bodies, true);
    }
}
