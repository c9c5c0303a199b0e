package org.myonode.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.myonode.dicom.DicomException;
import org.myonode.workers.pet.PetChoice;
import org.myonode.workers.pet.PetSeries;
import org.myonode.workers.pet.SuvFlag;
import org.myonode.workers.pet.SuvScale;
import org.myonode.workers.pet.SuvSummary;
import org.myonode.workers.volume.StudyHeaders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "suv",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the SUV by body weight (SUVbw, g/ml) of the PET series below a folder as JSON: smallest, median and"
                    + " largest over the voxels that hold any activity, how it was computed, and flags.",
            "Ends with 3 and the reason, in the same JSON, when SUV cannot be known."
        })
final class SuvCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "a PET series; other series beside it are left aside")
    private Path folder;

    @Override
    public Integer call() throws IOException {
        StudyHeaders study = StudyHeaders.read(DicomFolder.scan(folder).files());
        ObjectNode json = new ObjectMapper().createObjectNode();
        Optional<String> reason = describe(json, PetChoice.among(study.images(), Optional.empty()));
        reason.ifPresent(text -> json.put("reason", text));
        System.out.println(json.toPrettyString());
        return reason.isPresent() ? Main.EXPECTED_NO : Main.OK;
    }

    /** Fills in what is known; why nothing is, otherwise. */
    private static Optional<String> describe(ObjectNode json, PetChoice choice) throws IOException {
        choice.verdicts().stream()
                .filter(verdict -> !verdict.chosen())
                .forEach(verdict -> System.err.println("left aside: " + verdict));
        if (choice instanceof PetChoice.None none) {
            return Optional.of(none.reason());
        }
        PetChoice.Chosen chosen = (PetChoice.Chosen) choice;
        PetSeries series = PetSeries.read(chosen.images());
        json.put("seriesInstanceUid", series.seriesUid());
        if (series.scale() instanceof SuvScale.Unknown unknown) {
            return Optional.of(unknown.reason());
        }
        SuvScale.Known scale = (SuvScale.Known) series.scale();
        try {
            SuvSummary summary = SuvSummary.of(series, scale);
            json.put("min", rounded(summary.min()))
                    .put("median", rounded(summary.median()))
                    .put("max", rounded(summary.max()))
                    .put("unit", "g/ml")
                    .put("voxels", summary.voxels());
        } catch (DicomException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        json.put("method", scale.method());
        ArrayNode flags = json.putArray("flags");
        scale.flags().stream().map(SuvFlag::name).forEach(flags::add);
        if (chosen.several()) {
            flags.add(SuvFlag.SEVERAL_PET_SERIES.name());
        }
        return Optional.empty();
    }

    private static BigDecimal rounded(double suv) {
        return BigDecimal.valueOf(suv).setScale(4, RoundingMode.HALF_UP);
    }
}
