package org.myonode.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.scoring.MaskFile;
import org.myonode.crossvalidation.scoring.MaskScores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Compares two masks of the same slice and prints how well they agree, as JSON.",
            "Distances are in millimetres, areas in square centimetres."
        })
final class ScoreCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "REFERENCE",
            description = "the mask to be measured against: SEG, NIfTI or PNG")
    private Path reference;

    @Parameters(index = "1", paramLabel = "TEST", description = "the mask to be judged: SEG, NIfTI or PNG")
    private Path test;

    @Option(
            names = "--spacing",
            paramLabel = "ROW,COL",
            split = ",",
            description = "distance of rows and of columns in mm, needed when neither file states it")
    private double @Nullable [] spacing;

    @Override
    public Integer call() throws IOException {
        MaskFile referenceFile = MaskFile.read(reference);
        MaskFile testFile = MaskFile.read(test);
        MaskFile.Spacing used = spacing(referenceFile, testFile);
        MaskScores scores = MaskScores.of(referenceFile.mask(), testFile.mask(), used.rowMm(), used.columnMm());
        System.out.println(json(scores).toPrettyString());
        return Main.OK;
    }

    /** What is not defined, such as a distance to an empty mask, is absent. */
    static ObjectNode json(MaskScores scores) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("dice", scores.dice());
        json.put("jaccard", scores.jaccard());
        scores.rmsDtaMm().ifPresent(value -> json.put("rmsDtaMm", value));
        scores.meanDtaMm().ifPresent(value -> json.put("meanDtaMm", value));
        scores.hd95Mm().ifPresent(value -> json.put("hd95Mm", value));
        scores.surfaceDice1Mm().ifPresent(value -> json.put("surfaceDice1Mm", value));
        scores.surfaceDice2Mm().ifPresent(value -> json.put("surfaceDice2Mm", value));
        scores.surfaceDice3Mm().ifPresent(value -> json.put("surfaceDice3Mm", value));
        return json.put("areaDiffCm2", scores.areaDiffCm2());
    }

    private MaskFile.Spacing spacing(MaskFile referenceFile, MaskFile testFile) {
        if (spacing != null) {
            if (spacing.length != 2 || !(spacing[0] > 0) || !(spacing[1] > 0)) {
                throw new ConfigurationException("--spacing: two positive numbers in mm are needed, such as 0.98,0.98");
            }
            return new MaskFile.Spacing(spacing[0], spacing[1]);
        }
        Optional<MaskFile.Spacing> one = referenceFile.spacing();
        Optional<MaskFile.Spacing> other = testFile.spacing();
        if (one.isPresent() && other.isPresent() && differ(one.get(), other.get())) {
            throw new ConfigurationException("the files state different spacings, " + one.get() + " and " + other.get()
                    + ": say which with --spacing");
        }
        return one.or(() -> other)
                .orElseThrow(() -> new ConfigurationException(
                        "neither file states the distance of its pixels: give it with --spacing ROW,COL in mm"));
    }

    private static boolean differ(MaskFile.Spacing a, MaskFile.Spacing b) {
        return Math.abs(a.rowMm() - b.rowMm()) > 1e-3 || Math.abs(a.columnMm() - b.columnMm()) > 1e-3;
    }
}
