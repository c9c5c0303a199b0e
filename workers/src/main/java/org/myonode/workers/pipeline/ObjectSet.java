package org.myonode.workers.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.objects.Algorithm;
import org.myonode.workers.objects.InstanceReference;
import org.myonode.workers.objects.Picture;
import org.myonode.workers.objects.QualityNote;
import org.myonode.workers.objects.ResultContext;
import org.myonode.workers.objects.RtStructWriter;
import org.myonode.workers.objects.ScWriter;
import org.myonode.workers.objects.SegWriter;
import org.myonode.workers.objects.SegmentationForm;
import org.myonode.workers.objects.Software;
import org.myonode.workers.objects.SrWriter;

/** The DICOM objects of one measurement: what the pipeline knows, in the words of the writers. */
final class ObjectSet {
    private final Models models;
    private final ProductInfo product;

    ObjectSet(Models models, ProductInfo product) {
        this.models = models;
        this.product = product;
    }

    /** Writes {@code seg.dcm}, {@code sr.dcm}, {@code rtstruct.dcm} and {@code sc.dcm} into a directory. */
    List<WrittenObject> write(Measurement measurement, Picture picture, Instant contentTime, Path directory)
            throws IOException {
        ResultContext context = context(measurement, contentTime);
        return List.of(
                write("SEG", SegWriter.write(context), directory.resolve("seg.dcm")),
                write("SR", SrWriter.write(context), directory.resolve("sr.dcm")),
                write("RTSTRUCT", RtStructWriter.write(context), directory.resolve("rtstruct.dcm")),
                write("SC", ScWriter.write(context, picture), directory.resolve("sc.dcm")));
    }

    private static WrittenObject write(String kind, DicomFile object, Path file) throws IOException {
        Part10.write(file, object);
        return new WrittenObject(kind, object.sopClassUid(), object.sopInstanceUid(), file, ModelPackage.digest(file));
    }

    private ResultContext context(Measurement measurement, Instant contentTime) throws IOException {
        return new ResultContext(
                Part10.readHeader(measurement.image().file()).dataSet(),
                measurement.built().images().stream()
                        .map(image -> new InstanceReference(image.sopClassUid(), image.sopInstanceUid()))
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
                List.of("HU window -29..150"),
                measurement.flags().stream()
                        .map(flag -> new QualityNote(flag.code(), flag.text()))
                        .toList(),
                measurement.procedure().code(),
                Optional.empty(),
                SegmentationForm.BINARY,
                Optional.empty(),
                contentTime,
                inputKey(measurement));
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
