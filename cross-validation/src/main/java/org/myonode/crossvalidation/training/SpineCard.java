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
import java.util.Map;
import java.util.Set;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.model.ModelPackage;

/** The model card of a locator, {@code model.json} in its package. */
record SpineCard(
        TrainingOptions options, Set<String> subjects, int phantoms, long steps, long parameters, Clock clock) {

    /** Of the recipe; a change of data or network makes a new one. */
    private static final String VERSION = "0.3.0";

    private static final Map<String, String> ORIGINS = Map.of(
            "acrin_flt_breast_001",
            "TCIA ACRIN-FLT-Breast, CC BY 3.0; two series, levels read by the project's non-experts",
            "crlm_ct_1004",
            "TCIA Colorectal-Liver-Metastases, CC BY 4.0; borders of the vertebrae only, their names are ambiguous",
            "spl_abdominal_atlas",
            "SPL Abdominal Atlas, 3D Slicer License; levels of its label map; spacing enlarged 1.5 times across and"
                    + " 2 times along the body",
            "totalsegmentator_example",
            "TotalSegmentator example, Apache-2.0; level names of another model, end plates read by non-experts");

    void write(Map<String, SpineScores> scores) throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode card = json.createObjectNode();
        card.put("schema", ModelPackage.SCHEMA);
        card.put("id", "spine-l3");
        card.put("version", VERSION);
        card.put("task", L3Locator.TASK);
        card.put("created", LocalDate.now(clock).toString());
        ObjectNode input = card.putObject("input");
        input.putArray("shape").add(SpineTraining.ROWS).add(SpineImages.WIDTH).add(SpineImages.CHANNELS);
        input.put("spacingMm", SpineImages.ROW_MM);
        input.putObject("windowsHu").put("brightest", "50 to 750").put("mean", "-150 to 350 and 450");
        input.put("note", "coronal and sagittal view of the straightened spine, rows from feet to head, air around");
        ArrayNode classes = card.putObject("output").putArray("classes");
        for (String name : new String[] {
            "legs",
            "sacrum and coccyx",
            "lowest lumbar",
            "L4",
            "L3",
            "L2",
            "L1",
            "T12",
            "T11",
            "T10",
            "T9 to T1",
            "neck and head",
            "border between two vertebrae (a probability of its own)"
        }) {
            classes.add(name);
        }
        ObjectNode source = card.putObject("sourceTask");
        source.put("name", options.start() == null ? "none" : L3Locator.TASK);
        source.put("note", options.start() == null ? "random start" : "weights of an earlier package");
        ObjectNode training = card.putObject("training");
        training.put("architecture", "convolutions on two views, U-Net along the rows");
        training.put("parameters", parameters);
        training.put("steps", steps);
        training.put("batchSize", options.batchSize());
        training.put("seed", options.seed());
        ArrayNode data = training.putArray("data");
        for (String subject : subjects) {
            data.addObject().put("name", subject).put("origin", ORIGINS.getOrDefault(subject, "unknown"));
        }
        if (phantoms > 0) {
            data.addObject().put("name", "phantoms").put("bodies", phantoms).put("origin", "made by this program");
        }
        training.put(
                "augmentation",
                "field of view, size along and across, local stretch, slice spacing and thickness, side, path, tilt,"
                        + " bone density, contrast, table, arms, metal, noise, discs of the sacrum, hidden views, spines stacked from two"
                        + " bodies");
        ObjectNode validation = card.putObject("validation");
        validation.put(
                "kind",
                options.holdOut().isEmpty()
                        ? "fresh phantoms; the real subjects were trained on and show fit, not generalisation"
                        : "fresh phantoms and real subjects left out of training, whole and in pieces");
        scores.forEach((name, score) -> {
            ObjectNode entry = validation.putObject(name);
            entry.put("withL3", score.withL3());
            entry.put("foundWithin10Mm", score.found());
            entry.put("wrongWithoutFlag", score.wrong());
            entry.put("refused", score.refused());
            if (Double.isFinite(score.medianErrorMm())) {
                entry.put("medianErrorMm", Math.round(10 * score.medianErrorMm()) / 10.0);
            }
            entry.put("withoutL3", score.withoutL3());
            entry.put("rightlyRefused", score.rightlyRefused());
        });
        card.put("intendedUse", "Research: the slice through the middle of L3 in CT of adults.");
        card.put(
                "limits",
                "UNVERIFIED, not for primary diagnosis. Few real subjects; transitional vertebrae are counted one way.");
        Path out = options.out();
        Files.createDirectories(out);
        PackageFiles.list(out, card.putObject("files"));
        json.writeValue(out.resolve("model.json").toFile(), card);
    }
}
