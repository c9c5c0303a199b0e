package org.myonode.crossvalidation.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.myonode.crossvalidation.contours.Nifti;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.SlicePosition;
import org.myonode.workers.volume.StudyHeaders;
import org.myonode.workers.volume.VolumeBuilder;
import org.myonode.workers.volume.VolumeOutcome;

/** Spines of the public data sets with the levels read on them, when their folder is there. */
final class RealSpines {

    private static final String LEVELS = "/org/myonode/crossvalidation/levels/real_levels.json";

    /** The atlas's header understates its spacing; these make an adult of it. */
    private static final double ATLAS_ACROSS = 1.5;

    private static final double ATLAS_ALONG = 2;

    private RealSpines() {}

    /** All spines under a folder that holds the data sets; series that are not there are left out. */
    static List<SpineSample> read(Path real) throws IOException {
        JsonNode levels;
        try (InputStream in = RealSpines.class.getResourceAsStream(LEVELS)) {
            if (in == null) {
                throw new IOException(LEVELS + " is not on the class path");
            }
            levels = new ObjectMapper().readTree(in);
        }
        List<SpineSample> spines = new ArrayList<>();
        for (JsonNode series : levels.get("series")) {
            String name = series.get("folder").asText();
            Path path = real.resolve(name);
            if (!Files.exists(path)) {
                continue;
            }
            boolean atlas = name.startsWith("spl_abdominal_atlas");
            CtVolume volume = atlas
                    ? nifti(path.resolveSibling("ct_hu.nii.gz"), -84, ATLAS_ACROSS, ATLAS_ALONG)
                    : name.endsWith(".nii.gz") ? nifti(path, 0, 1, 1) : dicom(path);
            double along = atlas ? ATLAS_ALONG : 1;
            List<SpineSample.Body> bodies = new ArrayList<>();
            for (JsonNode body : series.get("vertebrae")) {
                bodies.add(new SpineSample.Body(
                        level(body.get("level").asText()),
                        along * body.get("inferiorZMm").asDouble(),
                        along * body.get("superiorZMm").asDouble()));
            }
            bodies.sort(Comparator.comparingDouble(SpineSample.Body::inferiorZMm));
            spines.add(SpineSample.of(
                    series.get("subject").asText(),
                    SpineImages.of(volume),
                    bodies,
                    !series.path("ambiguous").asBoolean()));
        }
        return spines;
    }

    /** The class of a vertebra by its name: {@code C1} to {@code COCCYX}. */
    static SpineLevel level(String vertebra) {
        return switch (vertebra) {
            case "SACRUM", "COCCYX" -> SpineLevel.SACRUM;
            case "L6", "L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10" -> SpineLevel.valueOf(vertebra);
            default -> vertebra.startsWith("T") ? SpineLevel.UPPER_THORACIC : SpineLevel.NECK_AND_HEAD;
        };
    }

    private static CtVolume dicom(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(Files::isRegularFile).sorted().toList();
        }
        VolumeOutcome outcome = VolumeBuilder.build(StudyHeaders.read(files).images());
        if (outcome instanceof VolumeOutcome.Built built) {
            return built.volume();
        }
        throw new IOException(folder + ": " + ((VolumeOutcome.Refused) outcome).reason());
    }

    private static CtVolume nifti(Path file, double lowestZMm, double across, double along) throws IOException {
        Nifti nifti = Nifti.read(file);
        short[][] hu = new short[nifti.depth()][];
        List<SlicePosition> slices = new ArrayList<>();
        for (int k = 0; k < nifti.depth(); k++) {
            hu[k] = RealSubjects.hu(nifti, k, across).hu();
            slices.add(new SlicePosition(Integer.toString(k), along * (lowestZMm + k * nifti.sliceSpacingMm())));
        }
        return new CtVolume(
                nifti.rows(),
                nifti.columns(),
                across * nifti.rowSpacingMm(),
                across * nifti.columnSpacingMm(),
                along * nifti.sliceSpacingMm(),
                hu,
                slices);
    }
}
