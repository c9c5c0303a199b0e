package org.myonode.workers.pet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.SeriesVerdict;

/**
 * The PET series of a study that SUV is taken from, with a verdict on every other one.
 *
 * <p>It must be attenuation corrected, neither gated nor dynamic nor a projection, axial, one image at each place and,
 * where a CT image is to be measured, in that image's frame of reference and reaching on both sides of it. Of several,
 * original images come before derived ones, then longer coverage, then the lower series number.
 */
public sealed interface PetChoice {
    /** The SOP classes of PET images. */
    Set<String> PET_IMAGES = Set.of(
            UID.PositronEmissionTomographyImageStorage,
            UID.EnhancedPETImageStorage,
            UID.LegacyConvertedEnhancedPETImageStorage);

    /** Image types and series types that are no still picture of the tracer in the body (PS3.3 C.8.9.1, C.8.9.4). */
    Set<String> NOT_STATIC = Set.of(
            "GATED",
            "DYNAMIC",
            "REPROJECTION",
            "MIP",
            "MAX_IP",
            "PROJECTION IMAGE",
            "LOCALIZER",
            "CORONAL",
            "SAGITTAL");

    /** What was thought of every PET series. */
    List<SeriesVerdict> verdicts();

    /**
     * A series was chosen.
     *
     * @param images its images, in no particular order
     * @param several whether another series would have done too
     */
    record Chosen(List<ImageHeader> images, boolean several, List<SeriesVerdict> verdicts) implements PetChoice {
        /** Keeps its own copies. */
        public Chosen {
            images = List.copyOf(images);
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * No series will do.
     *
     * @param reason one sentence for the operator
     */
    record None(String reason, List<SeriesVerdict> verdicts) implements PetChoice {
        /** Keeps its own copy. */
        public None {
            verdicts = List.copyOf(verdicts);
        }

        /** Whether the study has any PET series at all. */
        public boolean petIsThere() {
            return !verdicts.isEmpty();
        }
    }

    /**
     * Chooses among the images of a study.
     *
     * @param ct the CT image that is to be measured, when there is one
     */
    static PetChoice among(List<ImageHeader> study, Optional<ImageHeader> ct) {
        Map<String, List<ImageHeader>> bySeries = study.stream()
                .filter(image -> image.modality().equals("PT") && PET_IMAGES.contains(image.sopClassUid()))
                .collect(Collectors.groupingBy(ImageHeader::seriesUid, LinkedHashMap::new, Collectors.toList()));
        List<SeriesVerdict> verdicts = new ArrayList<>();
        List<List<ImageHeader>> fit = new ArrayList<>();
        for (List<ImageHeader> series : bySeries.values()) {
            Optional<String> objection = objection(series, ct);
            if (objection.isPresent()) {
                verdicts.add(verdict(series, false, objection.get()));
            } else {
                fit.add(series);
            }
        }
        if (fit.isEmpty()) {
            String reason = verdicts.isEmpty()
                    ? "no PET series"
                    : verdicts.stream()
                            .map(SeriesVerdict::reason)
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining("; "));
            return new None(reason, verdicts);
        }
        fit.sort(Comparator.comparing((List<ImageHeader> series) -> derived(series.get(0)))
                .thenComparing(series -> -coverage(series))
                .thenComparing(series -> series.get(0).seriesNumber())
                .thenComparing(series -> series.get(0).seriesUid()));
        verdicts.add(0, verdict(fit.get(0), true, "chosen for SUV"));
        fit.stream()
                .skip(1)
                .forEach(series -> verdicts.add(verdict(series, false, "another PET series was preferred")));
        return new Chosen(fit.get(0), fit.size() > 1, verdicts);
    }

    private static SeriesVerdict verdict(List<ImageHeader> images, boolean chosen, String reason) {
        ImageHeader first = images.get(0);
        return new SeriesVerdict(first.seriesUid(), first.seriesDescription(), images.size(), chosen, "PET: " + reason);
    }

    private static boolean derived(ImageHeader image) {
        return image.imageType().contains("DERIVED") || image.imageType().contains("SECONDARY");
    }

    private static double coverage(List<ImageHeader> series) {
        double[] heights = heights(series);
        return heights[heights.length - 1] - heights[0];
    }

    private static double[] heights(List<ImageHeader> series) {
        return series.stream()
                .mapToDouble(image -> image.heightMm().orElseThrow())
                .sorted()
                .toArray();
    }

    private static Optional<String> objection(List<ImageHeader> series, Optional<ImageHeader> ct) {
        ImageHeader first = series.get(0);
        if (ct.isPresent()
                && (first.frameOfReferenceUid().isEmpty()
                        || !first.frameOfReferenceUid().equals(ct.get().frameOfReferenceUid()))) {
            return Optional.of("not in the frame of reference of the CT");
        }
        DataSet header;
        try {
            header = Frames.header(first);
        } catch (IOException | DicomException e) {
            return Optional.of("header cannot be read: " + e.getMessage());
        }
        List<String> types = new ArrayList<>(first.imageType());
        header.texts(Tag.SeriesType).forEach(type -> types.add(type.toUpperCase(Locale.ROOT)));
        for (String type : types) {
            if (NOT_STATIC.contains(type)) {
                return Optional.of("type " + type);
            }
        }
        boolean corrected = header.hasValue(Tag.AttenuationCorrected)
                ? header.text(Tag.AttenuationCorrected).equals(Optional.of("YES"))
                : !header.hasValue(Tag.CorrectedImage)
                        || header.texts(Tag.CorrectedImage).contains("ATTN");
        if (!corrected) {
            return Optional.of("attenuation was not corrected");
        }
        return misplaced(series, ct);
    }

    private static Optional<String> misplaced(List<ImageHeader> series, Optional<ImageHeader> ct) {
        for (ImageHeader image : series) {
            Optional<double[]> normal = image.normal();
            if (normal.isEmpty()
                    || image.position().isEmpty()
                    || image.pixelSpacing().isEmpty()) {
                return Optional.of("images without position, orientation or pixel spacing");
            }
            if (Math.abs(normal.get()[2]) < 0.9) {
                return Optional.of("not axial");
            }
        }
        if (series.size() < 2) {
            return Optional.of("a single image");
        }
        double[] heights = heights(series);
        for (int k = 1; k < heights.length; k++) {
            if (heights[k] - heights[k - 1] < 0.01) {
                return Optional.of(String.format(Locale.ROOT, "several images at z %.2f mm", heights[k]));
            }
        }
        if (ct.isPresent()) {
            double z = ct.get().heightMm().orElse(Double.NaN);
            if (!(z >= heights[0] - 0.01 && z <= heights[heights.length - 1] + 0.01)) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "reaches from z %.1f to %.1f mm, the measured slice is at %.1f mm",
                        heights[0],
                        heights[heights.length - 1],
                        z));
            }
        }
        return Optional.empty();
    }
}
