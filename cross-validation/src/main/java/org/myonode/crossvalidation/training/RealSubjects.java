package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.myonode.crossvalidation.contours.AtlasMuscle;
import org.myonode.crossvalidation.contours.ContourSet;
import org.myonode.crossvalidation.contours.Nifti;
import org.myonode.workers.volume.HuSlice;

/** Labelled slices of the public data sets, when their folder is there. */
final class RealSubjects {

    /** Muscles in the label map of the abdominal atlas. */
    private static final Set<Integer> ATLAS_MUSCLES =
            Set.of(32, 131, 231, 133, 233, 135, 235, 136, 236, 137, 237, 138, 140, 240, 139, 239, 143, 241, 238);

    /** The atlas's header understates its pixel spacing; this makes an adult of it. */
    static final double ATLAS_ENLARGED = 1.5;

    private static final String ATLAS = "spl_abdominal_atlas";

    private static final String TOTAL_SEGMENTATOR = "totalsegmentator_example";

    /** Slices of the atlas, counted from the head, that show the body of L3 but not that of a neighbour. */
    private static final int ATLAS_L3_FIRST = 55;

    private static final int ATLAS_L3_LAST = 64;

    /** First slice, counted from the feet, that TotalSegmentator's muscle is there for. */
    private static final int FIRST_WEAK = 82;

    /** Further up, muscle is that of the chest. */
    private static final int WEAK_SLICES = 14;

    private RealSubjects() {}

    /** All labelled slices under a folder that holds the data sets; subjects that are not there are left out. */
    static List<LabelledSlice> read(Path real) throws IOException {
        List<LabelledSlice> slices = new ArrayList<>(contoured(real));
        atlas(real.resolve(ATLAS), slices);
        totalSegmentator(real.resolve(TOTAL_SEGMENTATOR), slices);
        return slices;
    }

    /** Those of the patients whose contours come with the program. */
    static List<LabelledSlice> contoured(Path real) throws IOException {
        List<LabelledSlice> slices = new ArrayList<>();
        contoured(real.resolve("acrin_flt_breast_001/abdomen_pelvis_99sl"), "acrin_flt_breast_001", slices);
        contoured(real.resolve("crlm_ct_1004/image"), "crlm_ct_1004", slices);
        return slices;
    }

    private static void contoured(Path folder, String subject, List<LabelledSlice> slices) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        ContourSet set = ContourSet.shipped(subject);
        Map<String, HuSlice> images = DicomSlices.read(
                folder, set.slices().stream().map(ContourSet.Contour::image).collect(Collectors.toSet()));
        for (ContourSet.Contour contour : set.slices()) {
            HuSlice image = images.get(contour.image());
            if (image == null) {
                throw new IOException(folder + " lacks the contoured image " + contour.image());
            }
            String level = contour.level().replace("?", "");
            double weight = List.of("L2", "L3", "L4").contains(level) ? 2 : level.startsWith("L") ? 1 : 0.4;
            if (contour.origin().equals("interpolated")) {
                weight *= 0.7;
            }
            slices.add(LabelledSlice.ofMuscle(
                    subject, contour.zMm(), image, contour.muscle(image).pixels(), weight));
        }
    }

    private static void atlas(Path folder, List<LabelledSlice> slices) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Nifti ct = Nifti.read(folder.resolve("ct_hu.nii.gz"));
        Nifti labels = Nifti.read(folder.resolve("labels.nii.gz"));
        AtlasMuscle atlas = AtlasMuscle.shipped();
        for (int k = 0; k < ct.depth(); k++) {
            int fromHead = ct.depth() - 1 - k;
            // Above, the map lacks intercostals and much of the wall; below the sacrum's top the pelvis is another
            // task.
            if (fromHead < 54 || fromHead > 90) {
                continue;
            }
            HuSlice slice = hu(ct, k, ATLAS_ENLARGED);
            float[] values = labels.slice(k);
            boolean[] map = new boolean[values.length];
            for (int i = 0; i < map.length; i++) {
                map[i] = ATLAS_MUSCLES.contains((int) values[i]);
            }
            slices.add(LabelledSlice.ofMuscle(
                    ATLAS, fromHead, slice, atlas.muscle(slice, map, fromHead).pixels(), fromHead <= 79 ? 2 : 0.6));
        }
    }

    /** Slices that the project drew, around L3, and slices above them that another model marked. */
    private static void totalSegmentator(Path folder, List<LabelledSlice> slices) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Nifti ct = Nifti.read(folder.resolve("example_ct.nii.gz"));
        for (ContourSet.Contour contour : ContourSet.shipped(TOTAL_SEGMENTATOR).slices()) {
            int k = Integer.parseInt(contour.image().substring(contour.image().indexOf('#') + 1));
            HuSlice slice = hu(ct, k, 1);
            slices.add(LabelledSlice.ofMuscle(
                    TOTAL_SEGMENTATOR, k, slice, contour.muscle(slice).pixels(), 2));
        }
        Nifti labels = Nifti.read(folder.resolve("example_seg_tissue_types/skeletal_muscle.nii.gz"));
        for (int k = 0; k < Math.min(WEAK_SLICES, labels.depth()); k++) {
            HuSlice slice = hu(ct, FIRST_WEAK + k, 1);
            float[] values = labels.slice(k);
            boolean[] muscle = new boolean[values.length];
            for (int i = 0; i < muscle.length; i++) {
                muscle[i] = values[i] > 0;
            }
            restrict(muscle, slice);
            slices.add(LabelledSlice.ofMuscle(TOTAL_SEGMENTATOR, FIRST_WEAK + k, slice, muscle, 0.4));
        }
    }

    /** Whether the reference is another model's: agreement with it is no accuracy. */
    static boolean isWeak(LabelledSlice slice) {
        return slice.subject().equals(TOTAL_SEGMENTATOR) && slice.zMm() >= FIRST_WEAK;
    }

    /** Tells which slices are known to show L3: by their contour's level, or by the vertebra labels of the atlas. */
    static Predicate<LabelledSlice> atL3() throws IOException {
        Set<String> drawn = new HashSet<>();
        List<String> subjects = new ArrayList<>(ContourSet.SHIPPED);
        subjects.add(TOTAL_SEGMENTATOR);
        for (String subject : subjects) {
            ContourSet.shipped(subject).slices().stream()
                    .filter(contour -> contour.level().equals("L3"))
                    .forEach(contour -> drawn.add(subject + contour.zMm()));
        }
        return slice -> slice.subject().equals(ATLAS)
                ? slice.zMm() >= ATLAS_L3_FIRST && slice.zMm() <= ATLAS_L3_LAST
                : drawn.contains(slice.subject() + slice.zMm());
    }

    static HuSlice hu(Nifti ct, int k, double enlarged) {
        float[] values = ct.slice(k);
        short[] hu = new short[values.length];
        for (int i = 0; i < hu.length; i++) {
            hu[i] = (short) Math.max(-1024, Math.min(3071, Math.round(values[i])));
        }
        return new HuSlice(ct.rows(), ct.columns(), ct.rowSpacingMm() * enlarged, ct.columnSpacingMm() * enlarged, hu);
    }

    /** The rule of Hounsfield units on a 3x3 mean, as labels of whole muscles include the fat between their parts. */
    private static void restrict(boolean[] muscle, HuSlice slice) {
        int columns = slice.columns();
        boolean[] before = muscle.clone();
        for (int i = 0; i < muscle.length; i++) {
            int x = i % columns;
            int y = i / columns;
            if (!before[i] || x == 0 || y == 0 || x == columns - 1 || y == slice.rows() - 1) {
                continue;
            }
            int sum = 0;
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    sum += slice.hu()[i + dy * columns + dx];
                }
            }
            int hu = (slice.hu()[i] + sum / 9) / 2;
            muscle[i] = hu >= -29 && hu <= 160;
        }
    }
}
