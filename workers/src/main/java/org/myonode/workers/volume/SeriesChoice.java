package org.myonode.workers.volume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.myonode.dicom.UID;

/**
 * The CT series of a PET-CT that is measured, chosen from the headers alone, with a verdict on every other one.
 *
 * <p>A series counts as its original axial images only: scouts, reformats and dose pages inside it are left out. Of the
 * series that qualify, the best one shares the frame of reference of the PET, covers the most of the body (in steps of
 * {@value #COVERAGE_STEP_MM} mm, so that one slice more decides nothing), is not reconstructed with a sharp kernel, has
 * the thinner slices (below {@value #THIN_MM} mm there is only more noise), a square and wide field of view, and the
 * lower series number.
 */
public sealed interface SeriesChoice {

    /** Fewer slices than this are no volume to look for a vertebra in. */
    int MINIMUM_SLICES = 10;

    /** Differences in coverage below this do not decide. */
    double COVERAGE_STEP_MM = 50;

    /** Slices thinner than this are not preferred to one another. */
    double THIN_MM = 2;

    /** Images whose normal is further than this cosine (about 26 degrees) from the body axis are not axial. */
    double AXIAL_COSINE = 0.9;

    /** The SOP classes of CT images; frames of the enhanced ones count as images. */
    Set<String> CT_IMAGES =
            Set.of(UID.CTImageStorage, UID.EnhancedCTImageStorage, UID.LegacyConvertedEnhancedCTImageStorage);

    /** What was thought of every series. */
    List<SeriesVerdict> verdicts();

    /**
     * A series was chosen.
     *
     * @param images its axial images, in no particular order
     */
    record Chosen(List<ImageHeader> images, List<SeriesVerdict> verdicts) implements SeriesChoice {
        /** Keeps its own copies. */
        public Chosen {
            images = List.copyOf(images);
            verdicts = List.copyOf(verdicts);
        }

        /** Series Instance UID of the chosen series. */
        public String seriesUid() {
            return images.get(0).seriesUid();
        }

        /** Whether only images computed from others were there: their values may be less than what was scanned. */
        public boolean derived() {
            return images.stream().anyMatch(SeriesChoice::isDerived);
        }
    }

    /**
     * No series can be measured.
     *
     * @param reason one sentence for the operator
     */
    record None(String reason, List<SeriesVerdict> verdicts) implements SeriesChoice {
        /** Keeps its own copy. */
        public None {
            verdicts = List.copyOf(verdicts);
        }
    }

    /** Chooses among the instances of one study. */
    static SeriesChoice among(List<ImageHeader> instances) {
        Set<String> petFrames = instances.stream()
                .filter(image -> image.modality().equals("PT")
                        && !image.frameOfReferenceUid().isEmpty())
                .map(ImageHeader::frameOfReferenceUid)
                .collect(Collectors.toSet());
        Map<String, List<ImageHeader>> bySeries = instances.stream()
                .collect(Collectors.groupingBy(ImageHeader::seriesUid, LinkedHashMap::new, Collectors.toList()));

        List<SeriesVerdict> verdicts = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        List<String> ctRejections = new ArrayList<>();
        for (List<ImageHeader> series : bySeries.values()) {
            ImageHeader first = series.get(0);
            if (!first.modality().equals("CT")) {
                String modality = first.modality().isEmpty() ? "unknown" : first.modality();
                verdicts.add(verdict(series, false, "modality " + modality));
                continue;
            }
            List<ImageHeader> axial =
                    series.stream().filter(image -> unfit(image).isEmpty()).toList();
            Optional<String> objection = objection(series, axial);
            if (objection.isPresent()) {
                verdicts.add(verdict(series, false, objection.get()));
                ctRejections.add(objection.get());
            } else {
                candidates.add(Candidate.of(axial, petFrames));
            }
        }
        if (candidates.isEmpty()) {
            String reason = ctRejections.isEmpty() ? "no CT series" : String.join("; ", new TreeSet<>(ctRejections));
            return new None(ctRejections.size() > 1 ? "no CT series to measure: " + reason : reason, verdicts);
        }
        candidates.sort(Candidate.BEST_FIRST);
        Candidate best = candidates.get(0);
        verdicts.add(verdict(best.images(), true, best.describe()));
        for (Candidate other : candidates.subList(1, candidates.size())) {
            verdicts.add(verdict(other.images(), false, other.comparedWith(best)));
        }
        return new Chosen(best.images(), verdicts);
    }

    /** The series of an image that was measured before, with the images of it that are axial. */
    static SeriesChoice holding(List<ImageHeader> instances, String sopInstanceUid) {
        List<ImageHeader> axial = instances.stream()
                .filter(image -> image.sopInstanceUid().equals(sopInstanceUid))
                .findFirst()
                .map(ImageHeader::seriesUid)
                .map(series -> instances.stream()
                        .filter(image ->
                                image.seriesUid().equals(series) && unfit(image).isEmpty())
                        .toList())
                .orElse(List.of());
        return axial.isEmpty()
                ? new None(
                        "image " + sopInstanceUid + ", which was measured before, is not among the images", List.of())
                : new Chosen(axial, List.of(verdict(axial, true, "an expert drew on an image of it")));
    }

    private static SeriesVerdict verdict(List<ImageHeader> images, boolean chosen, String reason) {
        ImageHeader first = images.get(0);
        return new SeriesVerdict(first.seriesUid(), first.seriesDescription(), images.size(), chosen, reason);
    }

    private static Optional<String> objection(List<ImageHeader> series, List<ImageHeader> axial) {
        if (axial.isEmpty()) {
            return unfit(series.get(0));
        }
        if (axial.size() < MINIMUM_SLICES) {
            String others = axial.size() == series.size() ? "" : " of " + series.size() + " images";
            return Optional.of(axial.size() + (axial.size() == 1 ? " slice" : " slices") + others + ", at least "
                    + MINIMUM_SLICES + " are needed");
        }
        return Optional.empty();
    }

    private static Optional<String> unfit(ImageHeader image) {
        if (!CT_IMAGES.contains(image.sopClassUid())) {
            return Optional.of("not a CT image: " + UID.nameOf(image.sopClassUid()));
        }
        List<String> type = image.imageType();
        for (String unwanted : List.of("LOCALIZER", "MPR", "REFORMATTED", "MIP", "PROJECTION IMAGE")) {
            if (type.contains(unwanted)) {
                return Optional.of("image type " + String.join("\\", type));
            }
        }
        if (type.size() > 2 && Set.of("CORONAL", "SAGITTAL", "OBLIQUE").contains(type.get(2))) {
            return Optional.of("image type " + String.join("\\", type));
        }
        Optional<double[]> normal = image.normal();
        if (normal.isEmpty() || image.position().isEmpty()) {
            return Optional.of("images without position or orientation");
        }
        if (Math.abs(normal.get()[2]) < AXIAL_COSINE) {
            return Optional.of("not axial");
        }
        return Optional.empty();
    }

    /** Whether the images were computed from other images: by a de-identifier, a converter or an archive, say. */
    private static boolean isDerived(ImageHeader image) {
        return image.imageType().contains("DERIVED") || image.imageType().contains("SECONDARY");
    }

    /** A series that could be measured, with what it is compared by. */
    record Candidate(
            List<ImageHeader> images,
            boolean derived,
            boolean matchesPet,
            double coverageMm,
            boolean sharp,
            double spacingMm,
            double fieldMm,
            boolean square) {

        static final Comparator<Candidate> BEST_FIRST = Comparator.comparing(Candidate::derived)
                .thenComparing(candidate -> !candidate.matchesPet)
                .thenComparing(candidate -> -Math.round(candidate.coverageMm / COVERAGE_STEP_MM))
                .thenComparing(Candidate::sharp)
                .thenComparing(candidate -> Math.max(THIN_MM, Math.round(candidate.spacingMm * 10) / 10.0))
                .thenComparing(candidate -> !candidate.square)
                .thenComparing(candidate -> -Math.round(candidate.fieldMm / 10))
                .thenComparing(candidate -> candidate.images.get(0).seriesNumber())
                .thenComparing(candidate -> candidate.images.get(0).seriesUid());

        // The names that vendors give to kernels for bone and lung; everything else counts as soft.
        private static final List<String> SHARP_WORDS = List.of("BONE", "LUNG", "EDGE", "DETAIL", "SHARP");
        // Siemens B70f, Br60, I50f; Canon FC51; Philips D, E, L, YA to YE.
        private static final Pattern SHARP_CODE = Pattern.compile("[A-Z]{1,2}[5-9][0-9].*|Y[A-E]|[DEL]");

        static Candidate of(List<ImageHeader> images, Set<String> petFrames) {
            ImageHeader first = images.get(0);
            double[] heights = images.stream()
                    .mapToDouble(image -> image.heightMm().orElseThrow())
                    .sorted()
                    .distinct()
                    .toArray();
            double extent = heights[heights.length - 1] - heights[0];
            double rowSpacing = first.pixelSpacing().map(s -> s.get(0)).orElse(1.0);
            double columnSpacing = first.pixelSpacing().map(s -> s.get(1)).orElse(1.0);
            double height = first.rows() * rowSpacing;
            double width = first.columns() * columnSpacing;
            return new Candidate(
                    List.copyOf(images),
                    images.stream().anyMatch(SeriesChoice::isDerived),
                    petFrames.isEmpty() || petFrames.contains(first.frameOfReferenceUid()),
                    extent,
                    isSharp(first.kernels()),
                    heights.length < 2 ? 0 : extent / (heights.length - 1),
                    Math.min(width, height),
                    Math.abs(width - height) < 0.1 * Math.max(width, height));
        }

        private static boolean isSharp(List<String> kernels) {
            if (kernels.isEmpty()) {
                return false;
            }
            String kernel = kernels.get(0).strip();
            return SHARP_WORDS.stream().anyMatch(kernel::contains)
                    || SHARP_CODE.matcher(kernel).matches();
        }

        String describe() {
            return String.format(
                    Locale.ROOT,
                    "%d axial slices every %.2f mm over %.0f mm, field %.0f mm%s%s",
                    images.size(),
                    spacingMm,
                    coverageMm,
                    fieldMm,
                    sharp ? ", sharp kernel" : "",
                    derived ? ", derived images" : "");
        }

        String comparedWith(Candidate best) {
            String why;
            if (derived && !best.derived) {
                why = "derived images";
            } else if (best.matchesPet && !matchesPet) {
                why = "not in the frame of reference of the PET";
            } else if (Math.round(best.coverageMm / COVERAGE_STEP_MM) > Math.round(coverageMm / COVERAGE_STEP_MM)) {
                why = "covers less of the body";
            } else if (sharp && !best.sharp) {
                why = "sharp kernel";
            } else if (spacingMm > best.spacingMm + 0.05 && spacingMm > THIN_MM) {
                why = "thicker slices";
            } else if (best.square && !square) {
                why = "field of view not square";
            } else if (Math.round(best.fieldMm / 10) > Math.round(fieldMm / 10)) {
                why = "smaller field of view";
            } else {
                why = "as good, but a later series";
            }
            return why + " (" + describe() + ")";
        }
    }
}
