package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    private RealSubjects() {}

    /** All labelled slices under a folder that holds the data sets; subjects that are not there are left out. */
    static List<LabelledSlice> read(Path real) throws IOException {
        List<LabelledSlice> slices = new ArrayList<>(contoured(real));
        atlas(real.resolve("spl_abdominal_atlas"), slices);
        totalSegmentator(real.resolve("totalsegmentator_example"), slices);
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
                folder,
                set.slices().stream().map(ContourSet.Contour::sopInstanceUid).collect(Collectors.toSet()));
        for (ContourSet.Contour contour : set.slices()) {
            HuSlice image = images.get(contour.sopInstanceUid());
            if (image == null) {
                throw new IOException(folder + " lacks the contoured image " + contour.sopInstanceUid());
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
        for (int k = 0; k < ct.depth(); k++) {
            int fromTop = ct.depth() - 1 - k;
            // Above L2 the map lacks latissimus, intercostals and parts of the wall; below the sacrum's top the pelvis
            // is
            // another task.
            if (fromTop < 54 || fromTop > 90) {
                continue;
            }
            HuSlice slice = hu(ct, k, ATLAS_ENLARGED);
            float[] values = labels.slice(k);
            boolean[] muscle = new boolean[values.length];
            for (int i = 0; i < muscle.length; i++) {
                muscle[i] = ATLAS_MUSCLES.contains((int) values[i]);
            }
            restrict(muscle, slice);
            slices.add(LabelledSlice.ofMuscle(
                    "spl_abdominal_atlas", fromTop, slice, muscle, fromTop >= 58 && fromTop <= 79 ? 2 : 0.6));
        }
    }

    private static void totalSegmentator(Path folder, List<LabelledSlice> slices) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Nifti ct = Nifti.read(folder.resolve("example_ct.nii.gz"));
        Nifti labels = Nifti.read(folder.resolve("example_seg_tissue_types/skeletal_muscle.nii.gz"));
        int first = 82;
        for (int k = 0; k < Math.min(14, labels.depth()); k++) {
            HuSlice slice = hu(ct, first + k, 1);
            float[] values = labels.slice(k);
            boolean[] muscle = new boolean[values.length];
            for (int i = 0; i < muscle.length; i++) {
                muscle[i] = values[i] > 0;
            }
            restrict(muscle, slice);
            slices.add(LabelledSlice.ofMuscle("totalsegmentator_example", first + k, slice, muscle, k < 8 ? 1 : 0.5));
        }
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
