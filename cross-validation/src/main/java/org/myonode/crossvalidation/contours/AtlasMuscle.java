package org.myonode.crossvalidation.contours;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Muscle of the abdominal atlas by the rule that the project's own contours follow.
 *
 * <p>The anatomist's label map was painted with a coarse brush: its edges run up to a pixel inside or outside of the
 * muscle, fat between and inside of muscles belongs to it, and it leaves out the aponeurotic part of transversus
 * abdominis, the lower end of latissimus dorsi and, at the iliac crest, external oblique. A model that is right at an
 * edge would be scored, and taught, as wrong. So the Hounsfield units decide inside of the map and one pixel around it,
 * where what lies outside is too thin to be an organ that touches the wall; and what is left out is taken from polygons
 * that the project drew.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class AtlasMuscle {

    private final List<Addition> additions;

    private AtlasMuscle(List<Addition> additions) {
        this.additions = additions;
    }

    /** A muscle that the map leaves out on some slices, counted from the head. */
    private record Addition(int from, int to, double[][] polygon) {

        boolean covers(int slice) {
            return slice >= from && slice <= to;
        }
    }

    /** With the polygons that come with the program. */
    public static AtlasMuscle shipped() throws IOException {
        List<Addition> additions = new ArrayList<>();
        for (JsonNode one : ContourSet.polygonsOf("spl_abdominal_atlas").get("additions")) {
            additions.add(new Addition(
                    one.get("from").asInt(), one.get("to").asInt(), ContourSet.polygon(one.get("polygon"))));
        }
        return new AtlasMuscle(List.copyOf(additions));
    }

    /**
     * Muscle on one slice.
     *
     * @param slice the image
     * @param map where the label map says muscle, row by row
     * @param fromHead number of the slice, 0 the most superior
     */
    public Mask muscle(HuSlice slice, boolean[] map, int fromHead) {
        int rows = slice.rows();
        int columns = slice.columns();
        boolean[] soft = ContourSet.muscleValues(slice);
        boolean[] outside = new boolean[map.length];
        for (int i = 0; i < map.length; i++) {
            outside[i] = soft[i] && !map[i];
        }
        // What survives an opening is thicker than two pixels: bowel, liver, vessels. Its rim is no muscle either.
        boolean[] organs = ContourSet.square(outside, rows, columns, false);
        for (int i = 0; i < 2; i++) {
            organs = ContourSet.square(organs, rows, columns, true);
        }
        boolean[] near = ContourSet.square(map, rows, columns, true);
        boolean[] muscle = new boolean[map.length];
        for (int i = 0; i < map.length; i++) {
            muscle[i] = soft[i] && (map[i] || near[i] && !organs[i]);
        }
        for (Addition addition : additions) {
            if (addition.covers(fromHead)) {
                Mask inside = PolygonFill.evenOdd(List.<double[][]>of(addition.polygon()), rows, columns);
                for (int i = 0; i < muscle.length; i++) {
                    muscle[i] |= soft[i] && inside.pixels()[i];
                }
            }
        }
        return new Mask(rows, columns, ContourSet.keepParts(muscle, columns, ContourSet.SMALLEST_MUSCLE));
    }
}
