package org.myonode.crossvalidation.contours;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.myonode.workers.segment.MuscleInput;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Muscle contours of one subject, drawn by the project on public CT: polygons and the rule that makes a mask of them,
 * never pixels.
 *
 * @param subject name of the subject
 * @param source data set and licence
 * @param drawnBy who drew
 * @param slices the contours
 */
public record ContourSet(String subject, String source, String drawnBy, List<Contour> slices) {

    /** Patients whose DICOM images the sets that come with the program were drawn on. */
    public static final List<String> SHIPPED = List.of("acrin_flt_breast_001", "crlm_ct_1004");

    private static final int BONE_HU = 170;
    private static final int SMALLEST_BONE = 8;
    static final int SMALLEST_MUSCLE = 20;

    /**
     * One slice.
     *
     * @param image SOP instance UID; or file and slice, {@code ct.nii.gz#62}, counted from the feet
     * @param zMm patient z; the slice where the image is one of a file
     * @param level vertebra, as drawn; a question mark when it is ambiguous
     * @param origin drawn or interpolated
     * @param include polygons of x, y in pixels, pixel centres at integers
     * @param exclude polygons taken out of them
     */
    public record Contour(
            String image, double zMm, String level, String origin, List<double[][]> include, List<double[][]> exclude) {

        /** Skeletal muscle on the image that was drawn on. */
        public Mask muscle(HuSlice slice) {
            int rows = slice.rows();
            int columns = slice.columns();
            boolean[] inside = new boolean[rows * columns];
            include.forEach(polygon ->
                    set(inside, PolygonFill.evenOdd(List.<double[][]>of(polygon), rows, columns), true));
            exclude.forEach(polygon ->
                    set(inside, PolygonFill.evenOdd(List.<double[][]>of(polygon), rows, columns), false));
            boolean[] values = muscleValues(slice);
            for (int i = 0; i < inside.length; i++) {
                inside[i] &= values[i];
            }
            return new Mask(rows, columns, keepParts(inside, columns, SMALLEST_MUSCLE));
        }
    }

    private static void set(boolean[] pixels, Mask where, boolean value) {
        for (int i = 0; i < pixels.length; i++) {
            if (where.pixels()[i]) {
                pixels[i] = value;
            }
        }
    }

    /** Reads a set that comes with the program. */
    public static ContourSet shipped(String subject) throws IOException {
        JsonNode root = polygonsOf(subject);
        List<Contour> slices = new ArrayList<>();
        for (JsonNode slice : root.get("slices")) {
            slices.add(new Contour(
                    slice.path("sopInstanceUid").asText(slice.path("image").asText()),
                    slice.get("zMm").asDouble(),
                    slice.path("level").asText(""),
                    slice.path("origin").asText(""),
                    polygons(slice.get("include")),
                    polygons(slice.get("exclude"))));
        }
        return new ContourSet(
                root.path("subject").asText(subject),
                root.path("source").asText(""),
                root.path("drawnBy").asText(""),
                slices);
    }

    /** What was drawn on a subject and comes with the program. */
    static JsonNode polygonsOf(String subject) throws IOException {
        String name = "/org/myonode/crossvalidation/contours/" + subject + ".json";
        try (InputStream in = ContourSet.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the program holds no contours of " + subject);
            }
            return new ObjectMapper().readTree(in);
        }
    }

    private static List<double[][]> polygons(JsonNode node) {
        List<double[][]> polygons = new ArrayList<>();
        node.forEach(polygon -> polygons.add(polygon(polygon)));
        return polygons;
    }

    static double[][] polygon(JsonNode node) {
        double[][] points = new double[node.size()][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {
                node.get(i).get(0).asDouble(), node.get(i).get(1).asDouble()
            };
        }
        return points;
    }

    /** Where the value is that of muscle, by the rule of the model's answers, and there is no bone. */
    static boolean[] muscleValues(HuSlice slice) {
        boolean[] bone = bone(slice);
        boolean[] muscle = new boolean[bone.length];
        int[] window = new int[9];
        for (int i = 0; i < muscle.length; i++) {
            int hu = MuscleInput.attenuation(slice, i / slice.columns(), i % slice.columns(), window);
            muscle[i] = hu >= MuscleInput.MUSCLE_LOW && hu <= MuscleInput.MUSCLE_HIGH && !bone[i];
        }
        return muscle;
    }

    /** Regions above {@value #BONE_HU} HU, closed with a 3x3 square and filled. */
    public static boolean[] bone(HuSlice slice) {
        int rows = slice.rows();
        int columns = slice.columns();
        boolean[] dense = new boolean[rows * columns];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = slice.hu()[i] > BONE_HU;
        }
        dense = keepParts(dense, columns, SMALLEST_BONE);
        dense = square(square(dense, rows, columns, true), rows, columns, false);
        boolean[] outside = new boolean[dense.length];
        int[] queue = new int[dense.length];
        int tail = 0;
        for (int i = 0; i < dense.length; i++) {
            int x = i % columns;
            int y = i / columns;
            if ((x == 0 || y == 0 || x == columns - 1 || y == rows - 1) && !dense[i]) {
                outside[i] = true;
                queue[tail++] = i;
            }
        }
        for (int head = 0; head < tail; head++) {
            int i = queue[head];
            int x = i % columns;
            for (int j : new int[] {x > 0 ? i - 1 : -1, x < columns - 1 ? i + 1 : -1, i - columns, i + columns}) {
                if (j >= 0 && j < dense.length && !dense[j] && !outside[j]) {
                    outside[j] = true;
                    queue[tail++] = j;
                }
            }
        }
        boolean[] filled = new boolean[dense.length];
        for (int i = 0; i < filled.length; i++) {
            filled[i] = !outside[i];
        }
        return filled;
    }

    /** Grown, or shrunk, by a 3x3 square. */
    static boolean[] square(boolean[] mask, int rows, int columns, boolean grow) {
        boolean[] result = new boolean[mask.length];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                boolean any = false;
                boolean all = true;
                for (int v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) {
                        any |= mask[v * columns + u];
                        all &= mask[v * columns + u];
                    }
                }
                result[y * columns + x] = grow ? any : all;
            }
        }
        return result;
    }

    /** Drops 4-connected parts with fewer pixels. */
    static boolean[] keepParts(boolean[] mask, int columns, int smallest) {
        boolean[] kept = mask.clone();
        boolean[] seen = new boolean[mask.length];
        int[] queue = new int[mask.length];
        for (int start = 0; start < mask.length; start++) {
            if (!mask[start] || seen[start]) {
                continue;
            }
            int tail = 0;
            queue[tail++] = start;
            seen[start] = true;
            for (int head = 0; head < tail; head++) {
                int i = queue[head];
                int x = i % columns;
                for (int j : new int[] {x > 0 ? i - 1 : -1, x < columns - 1 ? i + 1 : -1, i - columns, i + columns}) {
                    if (j >= 0 && j < mask.length && mask[j] && !seen[j]) {
                        seen[j] = true;
                        queue[tail++] = j;
                    }
                }
            }
            if (tail < smallest) {
                for (int i = 0; i < tail; i++) {
                    kept[queue[i]] = false;
                }
            }
        }
        return kept;
    }
}
