package org.myonode.crossvalidation.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleInput;
import org.myonode.workers.segment.MuscleSegmenter;

/**
 * The model card of a muscle segmenter, {@code model.json} in its package.
 *
 * @param design of the network
 * @param source what the first weights were
 * @param pools what was learnt from
 * @param steps steps behind the weights
 * @param parameters how many numbers were learnt
 * @param validation what the Dice coefficients are those of
 * @param heldOut what of the public data was kept out of training
 * @param dice mean Dice by subject
 */
record MuscleCard(
        String id,
        String version,
        MuscleDesign design,
        FirstWeights.Transfer source,
        List<MuscleSynthesis.Pool> pools,
        long steps,
        long parameters,
        int batchSize,
        long seed,
        String validation,
        Set<HoldOut> heldOut,
        Map<String, Double> dice,
        Clock clock) {

    private static final Map<String, String> LICENCES = Map.of(
            "acrin_flt_breast_001",
            "TCIA ACRIN-FLT-Breast, CC BY 3.0; contours drawn by the project's non-experts",
            "crlm_ct_1004",
            "TCIA Colorectal-Liver-Metastases, CC BY 4.0; contours drawn by the project's non-experts",
            "spl_abdominal_atlas",
            "SPL Abdominal Atlas, 3D Slicer License; anatomist's label map, its edges and gaps mended by the"
                    + " project's non-experts; pixel spacing enlarged 1.5 times",
            "totalsegmentator_example",
            "TotalSegmentator example, Apache-2.0; contours drawn by the project's non-experts, and weak labels of"
                    + " another model above them",
            "phantoms",
            "made by this program");

    /** Writes {@code model.json} beside the graph that lies in the folder. */
    void write(Path folder) throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode card = json.createObjectNode();
        card.put("schema", ModelPackage.SCHEMA);
        card.put("id", id);
        card.put("version", version);
        card.put("task", MuscleSegmenter.TASK);
        card.put("created", LocalDate.now(clock).toString());
        ObjectNode input = card.putObject("input");
        input.putArray("shape").add(design.size()).add(design.size()).add(MuscleTraining.WINDOWS.size());
        input.put("spacingMm", design.spacingMm());
        ArrayNode windows = input.putArray("windowsHu");
        for (MuscleInput.Window window : MuscleTraining.WINDOWS) {
            windows.addArray().add(window.low()).add(window.high());
        }
        input.put("note", "trunk only, centred; slim trunks are magnified to 240 mm equivalent diameter");
        card.putObject("output")
                .putArray("classes")
                .add("other")
                .add("skeletal muscle")
                .add("other lean tissue")
                .add("bone");
        card.put(
                "rule",
                "probability above " + MuscleInput.THRESHOLD
                        + " and 3x3 median (the pixel itself from 2.5 mm on) within -29..150 HU");
        ObjectNode from = card.putObject("sourceTask");
        from.put("name", source.source());
        from.put("note", source.words());
        from.put("tensorsCarriedOver", source.tensors());
        from.put("numbersCarriedOver", source.numbers());
        ArrayNode layers = from.putArray("layersCarriedOver");
        source.layers().forEach(layers::add);
        ObjectNode training = card.putObject("training");
        training.put(
                "architecture",
                "U-Net with weight-standardised convolutions, half-resolution stem"
                        + (design.separable() ? ", depthwise and pointwise" : ""));
        training.put("parameters", parameters);
        training.put("steps", steps);
        training.put("batchSize", batchSize);
        training.put("seed", seed);
        ArrayNode data = training.putArray("data");
        double sum = pools.stream().mapToDouble(MuscleSynthesis.Pool::share).sum();
        for (MuscleSynthesis.Pool pool : pools) {
            ObjectNode entry = data.addObject();
            entry.put("name", pool.name());
            entry.put(pool.gentle() ? "bodies" : "slices", pool.slices().count());
            entry.put("share", Math.round(1000 * pool.share() / sum) / 1000.0);
            entry.put("origin", LICENCES.getOrDefault(pool.name(), "contours of this site"));
        }
        ArrayNode out = training.putArray("heldOut");
        heldOut.stream().map(HoldOut::toString).sorted().forEach(out::add);
        training.put(
                "augmentation",
                "affine, elastic, radial fat-layer warp, exchange of abdominal contents between subjects, organ and"
                        + " tissue levels, fat infiltration, arms against the trunk, noise, kernel, field of view");
        ObjectNode validated = card.putObject("validation");
        validated.put("kind", validation);
        ObjectNode scores = validated.putObject("dice");
        dice.forEach((name, value) -> scores.put(name, Math.round(10000 * value) / 10000.0));
        card.put("intendedUse", "Research on skeletal muscle at L3 in CT of adults.");
        card.put("limits", "UNVERIFIED, not for primary diagnosis. Few real subjects; contours by non-experts.");
        PackageFiles.list(folder, card.putObject("files"));
        Files.createDirectories(folder);
        json.writeValue(folder.resolve("model.json").toFile(), card);
    }
}
