package org.myonode.workers.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.workers.measure.FatAreas;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.objects.Algorithm;
import org.myonode.workers.objects.InstanceReference;
import org.myonode.workers.objects.Picture;
import org.myonode.workers.objects.Predecessor;
import org.myonode.workers.objects.QualityNote;
import org.myonode.workers.objects.ResultContext;
import org.myonode.workers.objects.RtStructWriter;
import org.myonode.workers.objects.ScWriter;
import org.myonode.workers.objects.SegWriter;
import org.myonode.workers.objects.SegmentationForm;
import org.myonode.workers.objects.SeriesNumbers;
import org.myonode.workers.objects.Software;
import org.myonode.workers.objects.SrWriter;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.LossyCompression;

/** The DICOM objects of one measurement: what the pipeline knows, in the words of the writers. */
final class ObjectSet {
    /** Ends the kind of what belongs to a label map. */
    static final String LABELMAP = ".LABELMAP";

    private final Models models;
    private final ProductInfo product;
    private final SeriesNumbers seriesNumbers;
    private final Optional<ExpertCorrection> correction;

    /** @param correction whose contour was measured; empty when it is the model's */
    ObjectSet(Models models, ProductInfo product, SeriesNumbers seriesNumbers, Optional<ExpertCorrection> correction) {
        this.models = models;
        this.product = product;
        this.seriesNumbers = seriesNumbers;
        this.correction = correction;
    }

    /** Writes {@code seg.dcm}, {@code sr.dcm}, {@code rtstruct.dcm} and {@code sc.dcm} into a directory. */
    static List<WrittenObject> write(ResultContext context, Picture picture, Path directory) throws IOException {
        List<WrittenObject> objects = new ArrayList<>(write(context, "", directory));
        objects.add(write("SC", ScWriter.write(context, picture), directory.resolve("sc.dcm")));
        return objects;
    }

    /** Writes the segmentation as a label map, and a report and a structure set that reference it. */
    static List<WrittenObject> writeLabelmap(ResultContext context, Path directory) throws IOException {
        return write(context, LABELMAP, directory);
    }

    private static List<WrittenObject> write(ResultContext context, String form, Path directory) throws IOException {
        String name = form.toLowerCase(Locale.ROOT).replace('.', '-') + ".dcm";
        return List.of(
                write("SEG" + form, SegWriter.write(context), directory.resolve("seg" + name)),
                write("SR" + form, SrWriter.write(context), directory.resolve("sr" + name)),
                write("RTSTRUCT" + form, RtStructWriter.write(context), directory.resolve("rtstruct" + name)));
    }

    private static WrittenObject write(String kind, DicomFile object, Path file) throws IOException {
        Part10.write(file, object);
        return new WrittenObject(kind, object.sopClassUid(), object.sopInstanceUid(), file, ModelPackage.digest(file));
    }

    /**
     * What the objects of a result are made of. A result that is the same as the latest earlier one gets its content time
     * and its predecessor, and so the same bytes under the same UIDs; any other gets its own and supersedes that one.
     *
     * @param earlier reports of earlier results of the study, the first first
     */
    ResultContext context(
            Measurement measurement, SegmentationForm form, Instant contentTime, List<EarlierReport> earlier)
            throws IOException {
        List<Written> chain = chain(earlier, form == SegmentationForm.LABELMAP ? "SR" + LABELMAP : "SR");
        // The first correction that a new destination of label maps gets corrects a result of the other form.
        Optional<Predecessor> other = form == SegmentationForm.LABELMAP && correction.isPresent()
                ? chain(earlier, "SR").stream().findFirst().map(Written::report)
                : Optional.empty();
        if (chain.isEmpty()) {
            return context(measurement, form, contentTime, other);
        }
        Written latest = chain.get(chain.size() - 1);
        ResultContext again = context(
                measurement,
                form,
                latest.contentTime(),
                chain.size() == 1
                        ? other
                        : Optional.of(chain.get(chain.size() - 2).report()));
        return SrWriter.reference(again).equals(latest.report().report())
                ? again
                : context(measurement, form, contentTime, Optional.of(latest.report()));
    }

    /** A report that was written, and when. */
    private record Written(Instant contentTime, Predecessor report) {}

    /** The earlier reports of a kind, each once. */
    private static List<Written> chain(List<EarlierReport> earlier, String kind) throws IOException {
        Map<String, Written> byUid = new LinkedHashMap<>();
        for (EarlierReport report : earlier) {
            if (report.kind().equals(kind)) {
                DataSet header = Part10.readHeader(report.file()).dataSet();
                String uid = header.requireText(Tag.SOPInstanceUID);
                byUid.putIfAbsent(
                        uid,
                        new Written(
                                report.contentTime(),
                                new Predecessor(
                                        header.requireText(Tag.SeriesInstanceUID),
                                        new InstanceReference(header.requireText(Tag.SOPClassUID), uid))));
            }
        }
        return List.copyOf(byUid.values());
    }

    private ResultContext context(
            Measurement measurement, SegmentationForm form, Instant contentTime, Optional<Predecessor> predecessor)
            throws IOException {
        return new ResultContext(
                LossyCompression.stated(Frames.header(measurement.image()), measurement.image()),
                measurement.series().stream()
                        .map(image -> new InstanceReference(image.sopClassUid(), image.sopInstanceUid()))
                        .distinct()
                        .toList(),
                measurement.sourceMask().pixels(),
                measurement.built().volume().sliceSpacingMm(),
                measurement.measures().areaCm2(),
                measurement.measures().meanHu(),
                measurement.measures().heightM(),
                models.levelIsChosen()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(measurement.l3().confidence()),
                algorithm(models.segmenterIdentity()),
                models.levelIsChosen() ? Optional.empty() : Optional.of(algorithm(models.locatorIdentity())),
                Software.of(product.manufacturer(), product.name(), product.version()),
                parameters(measurement),
                measurement.flags().stream()
                        .map(flag -> new QualityNote(flag.code(), flag.text()))
                        .toList(),
                measurement.procedure().code(),
                measurement.figures(),
                measurement.pet().uptake(),
                form,
                predecessor,
                correction.map(ExpertCorrection::expert),
                seriesNumbers,
                contentTime,
                inputKey(measurement));
    }

    private static List<String> parameters(Measurement measurement) {
        List<String> parameters = new ArrayList<>(List.of("HU window -29..150"));
        if (measurement.fat().visceralCm2().isEmpty()) {
            parameters.add("No visceral and subcutaneous fat area: " + FatAreas.WHY_ABSENT);
        }
        parameters.addAll(measurement.comparisons());
        return parameters;
    }

    private static Algorithm algorithm(ModelIdentity model) {
        return new Algorithm(model.id(), model.version(), model.sha256());
    }

    /** Everything that went into the result: the pixels of the series and the models. */
    private String inputKey(Measurement measurement) {
        StringBuilder inputs = new StringBuilder(measurement.built().pixelDigest());
        models.identities().forEach(model -> inputs.append('|').append(model.sha256()));
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(inputs.toString().getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
