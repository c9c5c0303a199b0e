package org.myonode.workers.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.myonode.dicom.Tag;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.LumbarCount;
import org.myonode.workers.measure.BodyHeight;
import org.myonode.workers.measure.Cutoff;
import org.myonode.workers.measure.FatAreas;
import org.myonode.workers.measure.MuscleDensity;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.measure.Quality;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.objects.ResultContext;
import org.myonode.workers.objects.SegmentationForm;
import org.myonode.workers.objects.SeriesNumbers;
import org.myonode.workers.segment.Segmentation;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;
import org.myonode.workers.volume.SeriesChoice;
import org.myonode.workers.volume.StudyHeaders;
import org.myonode.workers.volume.VolumeBuilder;
import org.myonode.workers.volume.VolumeOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of the work on one study: choose the series, build the volume, find L3, segment the muscle, measure it,
 * write the objects.
 *
 * <p>A study that cannot be measured is a value with a reason. Thread-safe when the models are.
 */
public final class StudyPipeline {
    private static final Logger log = LoggerFactory.getLogger(StudyPipeline.class);

    private final Models models;
    private final ProductInfo product;
    private final Clock clock;
    private final boolean labelmaps;
    private final List<Cutoff> cutoffs;
    private final SeriesNumbers seriesNumbers;

    /**
     * @param models what finds L3 and muscle
     * @param product what the written objects say of this program
     * @param clock for the timings
     */
    public StudyPipeline(Models models, ProductInfo product, Clock clock) {
        this(models, product, clock, false, List.of(), SeriesNumbers.DEFAULT);
    }

    private StudyPipeline(
            Models models,
            ProductInfo product,
            Clock clock,
            boolean labelmaps,
            List<Cutoff> cutoffs,
            SeriesNumbers seriesNumbers) {
        this.models = models;
        this.product = product;
        this.clock = clock;
        this.labelmaps = labelmaps;
        this.cutoffs = List.copyOf(cutoffs);
        this.seriesNumbers = seriesNumbers;
    }

    /**
     * The same pipeline, which also writes the segmentation as a label map with a report and a structure set that
     * reference it: {@code seg-labelmap.dcm}, {@code sr-labelmap.dcm} and {@code rtstruct-labelmap.dcm}.
     */
    public StudyPipeline withLabelmaps() {
        return new StudyPipeline(models, product, clock, true, cutoffs, seriesNumbers);
    }

    /** The same pipeline, which also says on which side of these limits the index of a patient of that sex lies. */
    public StudyPipeline withCutoffs(List<Cutoff> limits) {
        return new StudyPipeline(models, product, clock, labelmaps, limits, seriesNumbers);
    }

    /** The same pipeline, which puts its objects into series of these numbers. */
    public StudyPipeline withSeriesNumbers(SeriesNumbers numbers) {
        return new StudyPipeline(models, product, clock, labelmaps, cutoffs, numbers);
    }

    /**
     * Works on the files of one study.
     *
     * @param instances files of the study in any order, those of other series and other things included
     * @param output where {@code seg.dcm}, {@code sr.dcm}, {@code rtstruct.dcm}, {@code sc.dcm}, {@code overlay.png} and
     *     {@code result.json} appear, the last one when all others are complete; created if absent
     * @param contentTime the time that the written objects carry
     * @throws UncheckedIOException when the results cannot be written
     */
    public Result run(List<Path> instances, Path output, Instant contentTime) {
        return run(instances, output, contentTime, List.of());
    }

    /**
     * As above, of a study that has results already. A new one supersedes them: its objects have other UIDs and its report
     * names the latest earlier one. A result that is the same as that one has the same bytes under the same UIDs.
     *
     * @param earlier the reports of the earlier results, the first first
     */
    public Result run(List<Path> instances, Path output, Instant contentTime, List<EarlierReport> earlier) {
        return run(instances, output, contentTime, earlier, Optional.empty());
    }

    /**
     * As above, of a study of which an expert has corrected a result: level and contour are the expert's then, and no model
     * is asked. What the images say beside them, such as uptake of a PET that came late, is measured as ever.
     *
     * @param correction the correction that stands
     */
    public Result run(
            List<Path> instances,
            Path output,
            Instant contentTime,
            List<EarlierReport> earlier,
            Optional<ExpertCorrection> correction) {
        return correction
                .map(expert -> new StudyPipeline(expert.models(), product, clock, labelmaps, cutoffs, seriesNumbers))
                .orElse(this)
                .measured(instances, output, contentTime, earlier, correction);
    }

    private Result measured(
            List<Path> instances,
            Path output,
            Instant contentTime,
            List<EarlierReport> earlier,
            Optional<ExpertCorrection> correction) {
        Run run = new Run(new Stopwatch(clock), output, correction);
        StudyHeaders study = run.watch.time("read", () -> StudyHeaders.read(instances));
        run.describe(study);
        if (run.studies(study).size() > 1) {
            return run.refused("the files belong to " + run.studies(study).size() + " studies");
        }
        SeriesChoice choice = correction
                .map(expert -> SeriesChoice.holding(study.images(), expert.imageUid()))
                .orElseGet(() -> SeriesChoice.among(study.images()));
        choice.verdicts()
                .forEach(
                        verdict -> log.info("study={} CT to measure muscle on: {}", run.studyUid.orElse("-"), verdict));
        if (!(choice instanceof SeriesChoice.Chosen series)) {
            return run.refused(((SeriesChoice.None) choice).reason());
        }
        run.seriesUid = Optional.of(series.seriesUid());

        VolumeOutcome outcome = run.watch.time("read", () -> VolumeBuilder.build(series.images()));
        if (!(outcome instanceof VolumeOutcome.Built built)) {
            return run.refused(((VolumeOutcome.Refused) outcome).reason());
        }
        L3 l3 = run.watch.time("locate", () -> models.locator().find(built.volume()));
        if (!(l3 instanceof L3.Found found)) {
            return correction.isPresent() ? run.refused(((L3.NotFound) l3).reason()) : run.noL3((L3.NotFound) l3);
        }
        if (correction.isPresent() && !correction.get().fits(built.volume())) {
            return run.refused("the contour of the expert does not lie on images of "
                    + built.volume().rows() + "x" + built.volume().columns() + " pixels");
        }
        HuSlice slice = built.volume().slice(found.sliceIndex());
        Segmentation muscle = run.watch.time("segment", () -> models.segmenter().segment(slice));
        if (muscle.muscle().isEmpty()) {
            return run.refused("no muscle found on the slice at z " + Math.round(found.zMm()) + " mm");
        }
        Measurement measurement =
                run.watch.time("measure", () -> measure(study, series.derived(), built, found, slice, muscle));
        return run.write(measurement, contentTime, earlier);
    }

    private Measurement measure(
            StudyHeaders study,
            boolean derived,
            VolumeOutcome.Built built,
            L3.Found l3,
            HuSlice slice,
            Segmentation segmentation) {
        BodyHeight height =
                BodyHeight.ofHeader(statedHeight(study, built.images().get(l3.sliceIndex())));
        MuscleMeasures measures = MuscleMeasures.of(slice, segmentation.muscle(), height);
        Set<QualityFlag> flags = Quality.flags(
                slice,
                segmentation.muscle(),
                measures,
                height,
                new Quality.Circumstances(
                        built.volume().sliceSpacingMm(),
                        built.images().stream().anyMatch(ImageHeader::contrastAgent),
                        built.lossy(),
                        l3.confidence(),
                        !l3.levels().isEmpty() && LumbarCount.of(l3.levels()) != LumbarCount.FIVE,
                        segmentation.doubtfulShare(),
                        segmentation.meanEntropy(),
                        segmentation.mirrorDice(),
                        segmentation.cutByField()));
        PetMeasurement pet = PetMeasurement.of(
                study.images(),
                built.images().get(l3.sliceIndex()),
                built.grid().toSource(segmentation.muscle()));
        pet.flag().ifPresent(flags::add);
        ReportedProcedure procedure = ReportedProcedure.of(study.images());
        if (derived) {
            flags.add(QualityFlag.DERIVED_IMAGES);
        }
        if (procedure.tracerUnknown()) {
            flags.add(QualityFlag.TRACER_UNKNOWN);
        }
        return new Measurement(
                built,
                wholeSeries(study, built),
                l3,
                segmentation.muscle(),
                measures,
                MuscleDensity.of(slice, segmentation.muscle()),
                FatAreas.of(slice, segmentation.muscle(), segmentation.cutByField()),
                pet,
                List.copyOf(flags),
                comparisons(measures, built.images().get(l3.sliceIndex())),
                procedure);
    }

    /** A slice that came twice is no part of the volume, but it is one of its series. */
    private static List<ImageHeader> wholeSeries(StudyHeaders study, VolumeOutcome.Built built) {
        List<ImageHeader> series = new ArrayList<>(built.images());
        String seriesUid = series.get(0).seriesUid();
        study.images().stream()
                .filter(image -> image.seriesUid().equals(seriesUid))
                .forEach(series::add);
        return series;
    }

    private List<String> comparisons(MuscleMeasures measures, ImageHeader image) {
        if (cutoffs.isEmpty() || measures.indexCm2PerM2().isEmpty()) {
            return List.of();
        }
        try {
            String sex = Frames.header(image).text(Tag.PatientSex).orElse("");
            return cutoffs.stream()
                    .filter(cutoff -> cutoff.sex().equals(sex))
                    .map(cutoff -> cutoff.compared(measures.indexCm2PerM2().getAsDouble()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(image.file() + " cannot be read again", e);
        }
    }

    /** The CT often leaves the height out where the PET, which needs the weight, has both. */
    private static OptionalDouble statedHeight(StudyHeaders study, ImageHeader image) {
        if (image.patientSizeM().orElse(0) != 0) {
            return image.patientSizeM();
        }
        return study.images().stream()
                .map(ImageHeader::patientSizeM)
                .filter(size -> size.orElse(0) != 0)
                .findFirst()
                .orElse(OptionalDouble.empty());
    }

    /** One pass over a study: what is known so far, and where it goes. */
    private final class Run {
        private final Stopwatch watch;
        private final Path output;
        private final Optional<ExpertCorrection> correction;
        private Optional<String> studyUid = Optional.empty();
        private Optional<String> seriesUid = Optional.empty();

        Run(Stopwatch watch, Path output, Optional<ExpertCorrection> correction) {
            this.watch = watch;
            this.output = output;
            this.correction = correction;
        }

        Set<String> studies(StudyHeaders study) {
            return study.images().stream().map(ImageHeader::studyUid).collect(Collectors.toSet());
        }

        void describe(StudyHeaders study) {
            studyUid = study.images().stream().map(ImageHeader::studyUid).findFirst();
            study.unreadable()
                    .forEach((file, reason) ->
                            log.warn("study={} left aside {}: {}", studyUid.orElse("-"), file.getFileName(), reason));
        }

        Result refused(String reason) {
            String json = json().notFound(reason, Optional.empty())
                    .timings(watch.millis())
                    .text();
            publish(json);
            return new Result.Refused(reason, json);
        }

        Result noL3(L3.NotFound l3) {
            String json = json().notFound(l3.reason(), Optional.of(l3.confidence()))
                    .models(List.of(models.locatorIdentity()))
                    .timings(watch.millis())
                    .text();
            publish(json);
            return new Result.NoL3(l3.reason(), json);
        }

        Result write(Measurement measurement, Instant contentTime, List<EarlierReport> earlier) {
            Path unfinished = unfinished();
            List<WrittenObject> objects = watch.time("write", () -> {
                try {
                    ObjectSet set = new ObjectSet(models, product, seriesNumbers, correction);
                    ResultContext context = set.context(measurement, SegmentationForm.BINARY, contentTime, earlier);
                    Caption caption = caption(measurement, context.created());
                    OverlayPicture.write(
                            unfinished.resolve("overlay.png"),
                            measurement.built().volume(),
                            measurement.l3(),
                            measurement.muscle(),
                            automatic(),
                            caption);
                    List<WrittenObject> written = ObjectSet.write(
                            context,
                            CapturePicture.draw(measurement.slice(), measurement.muscle(), automatic(), caption),
                            unfinished);
                    if (labelmaps) {
                        written.addAll(ObjectSet.writeLabelmap(
                                set.context(measurement, SegmentationForm.LABELMAP, contentTime, earlier), unfinished));
                    }
                    return written;
                } catch (IOException e) {
                    throw new UncheckedIOException("the results cannot be written to " + output, e);
                }
            });
            String json = json().found(measurement.l3(), measurement.image(), models.levelIsChosen())
                    .muscle(measurement)
                    .correction(correction)
                    .input(InputFacts.of(
                            measurement.image(),
                            measurement.built().volume().slice(measurement.l3().sliceIndex())))
                    .quality(measurement.flags())
                    .models(models.identities())
                    .timings(watch.millis())
                    .text();
            moveIntoPlace(unfinished);
            publish(json);
            return new Result.Measured(
                    json,
                    measurement.image().sopInstanceUid(),
                    measurement.l3().zMm(),
                    measurement.measures(),
                    output.resolve("overlay.png"),
                    objects.stream().map(object -> object.movedTo(output)).toList());
        }

        /** What the model had drawn, to be seen beside what the expert drew. */
        private Optional<Mask> automatic() {
            return correction.map(ExpertCorrection::automaticContour);
        }

        private Caption caption(Measurement measurement, Instant contentTime) {
            return new Caption(
                    models.levelIsChosen()
                            ? Optional.empty()
                            : Optional.of(measurement.l3().confidence()),
                    measurement.l3().zMm(),
                    measurement.measures(),
                    measurement.pet().uptake(),
                    measurement.flags(),
                    models.segmenterIdentity(),
                    product,
                    measurement.image().studyDate(),
                    LocalDate.ofInstant(contentTime, ZoneOffset.UTC).toString(),
                    correction.map(ExpertCorrection::expert));
        }

        private ResultJson json() {
            return new ResultJson().study(studyUid, seriesUid);
        }

        private Path unfinished() {
            try {
                Files.createDirectories(output);
                return Files.createTempDirectory(output, ".unfinished-");
            } catch (IOException e) {
                throw new UncheckedIOException("the results cannot be written to " + output, e);
            }
        }

        /** Whole files only appear under their names; {@code result.json} comes last and says that all are there. */
        private void moveIntoPlace(Path unfinished) {
            try (Stream<Path> files = Files.list(unfinished)) {
                for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                    Files.move(
                            file,
                            output.resolve(file.getFileName()),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                }
                Files.delete(unfinished);
            } catch (IOException e) {
                throw new UncheckedIOException("the results cannot be written to " + output, e);
            }
        }

        private void publish(String json) {
            Path unfinished = unfinished();
            try {
                Files.writeString(unfinished.resolve("result.json"), json);
            } catch (IOException e) {
                throw new UncheckedIOException("the results cannot be written to " + output, e);
            }
            moveIntoPlace(unfinished);
        }
    }
}
