package org.myonode.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.CtImages;
import org.myonode.crossvalidation.contours.ImagePlane;
import org.myonode.crossvalidation.scoring.MaskFile;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;
import org.myonode.workers.volume.SourceGrid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Compares two masks and prints how well they agree, as JSON.",
            "Distances are in millimetres between sub-pixel outlines, areas in square centimetres. What does not exist,"
                    + " such as a distance to an empty mask, is absent. l3OffsetMm is how far above the reference the test"
                    + " mask lies, meanHuDiff the test's mean attenuation less the reference's (with --ct)."
        })
final class ScoreCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "REFERENCE",
            description = "the mask to be measured against: SEG, RT structure set, NIfTI or PNG")
    private Path reference;

    @Parameters(
            index = "1",
            paramLabel = "TEST",
            description = "the mask to be judged: SEG, RT structure set, NIfTI or PNG")
    private Path test;

    @Option(
            names = "--spacing",
            paramLabel = "ROW,COL",
            split = ",",
            description = "distance of rows and of columns in mm, needed when neither file states it")
    private double @Nullable [] spacing;

    @Option(
            names = "--ct",
            paramLabel = "DIR",
            description = "the CT images: needed for an RT structure set, and for the difference in attenuation")
    private @Nullable Path ct;

    @Option(names = "--roi", paramLabel = "NAME", description = "ROI or segment, in files that hold several")
    private @Nullable String roi;

    @Option(
            names = "--slice",
            paramLabel = "UID",
            description = "SOP Instance UID of the image, in files that are drawn on several")
    private @Nullable String slice;

    @Override
    public Integer call() throws IOException {
        if (ct != null && !Files.exists(ct)) {
            throw new ConfigurationException("--ct: " + ct + " does not exist");
        }
        CtImages images = ct == null ? null : CtImages.below(ct);
        MaskFile.Choice choice = new MaskFile.Choice(roi, slice, images);
        MaskFile referenceFile = MaskFile.read(reference, choice);
        MaskFile testFile = MaskFile.read(test, choice);
        MaskFile.Spacing used = spacing(referenceFile, testFile);
        Mask testMask = testFile.onGridOf(referenceFile);
        MaskScores scores = MaskScores.of(referenceFile.mask(), testMask, used.rowMm(), used.columnMm());
        ObjectNode json = json(scores);
        if (images != null) {
            meanHuDiff(images, referenceFile, testMask).ifPresent(value -> json.put("meanHuDiff", value));
        }
        l3Offset(referenceFile, testFile).ifPresent(value -> json.put("l3OffsetMm", value));
        System.out.println(json.toPrettyString());
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
        json.put("surfaceDice1Mm", scores.surfaceDice1Mm());
        json.put("surfaceDice2Mm", scores.surfaceDice2Mm());
        json.put("surfaceDice3Mm", scores.surfaceDice3Mm());
        json.put("areaDiffCm2", scores.areaDiffCm2());
        scores.areaDiffPercent().ifPresent(value -> json.put("areaDiffPercent", value));
        return json;
    }

    /** On the image that the reference lies on; absent when that cannot be told. */
    private static OptionalDouble meanHuDiff(CtImages images, MaskFile reference, Mask test) throws IOException {
        Optional<ImagePlane> plane = reference.plane();
        if (plane.isEmpty()) {
            return OptionalDouble.empty();
        }
        double[] corner = plane.get().patientOf(0, 0);
        List<ImageHeader> there = images.at(corner, "");
        if (there.size() != 1) {
            return OptionalDouble.empty();
        }
        ImageHeader image = there.get(0);
        ImagePlane imagePlane = ImagePlane.of(image).orElseThrow();
        SourceGrid grid = CtImages.grid(image);
        if (imagePlane.place(reference.mask(), plane.get()) instanceof ImagePlane.Placed.On one
                && imagePlane.place(test, plane.get()) instanceof ImagePlane.Placed.On other) {
            return MaskScores.meanHuDiff(
                    CtImages.values(image), grid.toCanonical(one.mask()), grid.toCanonical(other.mask()));
        }
        return OptionalDouble.empty();
    }

    private static OptionalDouble l3Offset(MaskFile reference, MaskFile test) {
        return reference.plane().isPresent() && test.plane().isPresent()
                ? OptionalDouble.of(
                        test.plane().get().zMm() - reference.plane().get().zMm())
                : OptionalDouble.empty();
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
