package org.myonode.workers.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.phantom.PhantomSeries;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;
import org.myonode.workers.locate.L3;
import org.myonode.workers.measure.Cutoff;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.segment.Segmentation;
import org.myonode.workers.verify.Verification;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * One phantom delivered in every way that scanners and archives have for it: each either gives the figures of the plain
 * delivery or is refused with its reason. In place of the models stand the phantom's truth, its L3 slice and its muscle
 * there, so that what is tested is everything around them.
 */
final class GeometryTest {
    private static final Instant CONTENT = Instant.parse("2026-03-05T12:00:00Z");
    private static final double[] RIGHT_TO_LEFT = {1, 0, 0};
    private static final double[] LEFT_TO_RIGHT = {-1, 0, 0};
    private static final double[] FRONT_TO_BACK = {0, 1, 0};
    private static final double[] BACK_TO_FRONT = {0, -1, 0};

    @TempDir
    static Path shared;

    private static PhantomSeries ct;
    private static PhantomSeries pet;
    private static double l3;
    private static double trueAreaCm2;
    private static boolean[] truth;
    private static int size;
    private static JsonNode plain;

    @TempDir
    Path folder;

    @BeforeAll
    static void deliverPlainly() throws IOException {
        PhantomStudy study = PhantomStudy.write(
                shared.resolve("phantom"),
                11,
                StudyOptions.small().covering(StudyOptions.Coverage.ABDOMEN_PELVIS),
                percent -> {});
        int middle = study.truth().l3MidSlice().orElseThrow();
        l3 = study.truth().sliceZMm().get(middle);
        trueAreaCm2 = study.truth().muscleAreaCm2().get(middle);
        ct = PhantomSeries.read(study.ctFiles().subList(middle - 6, middle + 7));
        pet = PhantomSeries.read(study.petFiles().subList(middle - 6, middle + 7));
        Raster picture = ImageIO.read(study.directory().resolve("muscle_l3.png").toFile())
                .getRaster();
        size = picture.getWidth();
        truth = new boolean[size * size];
        for (int p = 0; p < truth.length; p++) {
            truth[p] = picture.getSample(p % size, p / size, 0) > 0;
        }
        plain = measured(shared.resolve("plain"), ct, pet);
        assertThat(plain.at("/muscle/areaCm2").asDouble()).isCloseTo(trueAreaCm2, within(1e-3));
        assertThat(plain.at("/muscle/suvMean").asDouble())
                .isCloseTo(
                        study.truth().muscleSuv(), within(0.15 * study.truth().muscleSuv()));
    }

    static Stream<Arguments> positions() {
        return Stream.of(
                Arguments.of("FFS", LEFT_TO_RIGHT, FRONT_TO_BACK),
                Arguments.of("HFP", LEFT_TO_RIGHT, BACK_TO_FRONT),
                Arguments.of("FFP", RIGHT_TO_LEFT, BACK_TO_FRONT),
                Arguments.of("HFDL", FRONT_TO_BACK, LEFT_TO_RIGHT),
                Arguments.of("HFDR", BACK_TO_FRONT, RIGHT_TO_LEFT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("positions")
    void the_patient_may_lie_any_way(String position, double[] row, double[] column) throws IOException {
        UnaryOperator<DataSet> lying = image -> image.set(Tag.PatientPosition, position);

        same(measured(
                folder,
                ct.seenAlong(row, column).with(lying),
                pet.seenAlong(row, column).with(lying)));
    }

    @Test
    void slices_slightly_oblique_are_measured_and_clearly_oblique_ones_refused() throws IOException {
        assertThat(measured(folder.resolve("2"), ct.oblique(2))
                        .at("/muscle/areaCm2")
                        .asDouble())
                .isCloseTo(trueAreaCm2, within(1e-3));
        assertThat(refusal(folder.resolve("10"), ct.oblique(10))).isEqualTo("slices are oblique by 10.0 degrees");
        assertThat(refusal(folder.resolve("60"), ct.oblique(60))).isEqualTo("not axial");
    }

    @Test
    void pixels_may_be_higher_than_wide() throws IOException {
        JsonNode result = measured(folder, ct.nonSquare(), pet);

        assertThat(result.at("/muscle/areaCm2").asDouble()).isCloseTo(trueAreaCm2, within(0.03 * trueAreaCm2));
        assertThat(result.at("/muscle/suvMean").asDouble())
                .isCloseTo(plain.at("/muscle/suvMean").asDouble(), within(0.02));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void matrices_of_512_and_768_give_the_same_area(int times) throws IOException {
        JsonNode result = measured(folder, ct.finer(times), pet);

        assertThat(result.at("/muscle/areaCm2").asDouble()).isCloseTo(trueAreaCm2, within(1e-3));
        assertThat(result.at("/muscle/meanHu").asDouble())
                .isCloseTo(plain.at("/muscle/meanHu").asDouble(), within(1e-3));
        assertThat(result.at("/muscle/suvMean").asDouble())
                .isCloseTo(plain.at("/muscle/suvMean").asDouble(), within(0.01));
    }

    @Test
    void slices_may_come_from_the_head_to_the_feet() throws IOException {
        same(measured(folder, ct.reversed(), pet.reversed()));
    }

    @Test
    void a_slice_that_comes_twice_counts_once_and_two_different_ones_at_one_place_are_refused() throws IOException {
        DataSet third = ct.images().get(3);
        same(measured(folder.resolve("same file"), ct.and(third), pet));
        same(measured(folder.resolve("same pixels"), ct.and(third.copy().set(Tag.SOPInstanceUID, "2.25.333")), pet));
        DataSet other = ct.images().get(4).copy().set(Tag.SOPInstanceUID, "2.25.333");
        other.copy(third, Tag.ImagePositionPatient);
        assertThat(refusal(folder.resolve("other pixels"), ct.and(other))).startsWith("two different images at z ");
    }

    @Test
    void a_missing_slice_is_refused_and_one_of_the_pet_costs_the_suv_only() throws IOException {
        assertThat(refusal(folder.resolve("ct"), ct.without(5)))
                .startsWith("gap of 10.00 mm between z ")
                .endsWith("1 missing where slices are 5.00 mm apart");

        // The PET has its planes where the CT has them: without its own the slice lies in a gap.
        JsonNode result = measured(folder.resolve("pet"), ct, pet.without(6));
        assertThat(result.at("/muscle/areaCm2").asDouble()).isCloseTo(trueAreaCm2, within(1e-3));
        assertThat(result.at("/muscle/suvMean").isMissingNode()).isTrue();
        assertThat(result.at("/pet/reason").asText()).startsWith("PET slices are missing between z ");
        assertThat(flags(result)).contains(QualityFlag.SUV_UNKNOWN.name());
    }

    @Test
    void a_tilted_gantry_is_refused_whether_the_header_says_so_or_not() throws IOException {
        assertThat(refusal(folder.resolve("said"), ct.tilted(12, true))).isEqualTo("gantry tilted by 12.0 degrees");
        assertThat(refusal(folder.resolve("silent"), ct.tilted(12, false)))
                .isEqualTo("slices slide sideways as with a gantry tilted by 12.0 degrees");
    }

    @Test
    void the_ct_of_the_pet_is_chosen_among_scout_reformats_and_another_ct() throws IOException {
        PhantomSeries soft = ct.with(image -> image.set(Tag.ConvolutionKernel, "STANDARD"));
        PhantomSeries scout =
                ct.as("Topogram").with(image -> image.set(Tag.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER"));
        PhantomSeries coronal =
                ct.as("Coronal").with(image -> image.set(Tag.ImageOrientationPatient, 1, 0, 0, 0, 0, -1));
        PhantomSeries reformat = ct.as("MPR").with(image -> image.set(Tag.ImageType, "DERIVED", "SECONDARY", "MPR"));
        PhantomSeries contrast = ct.as("Contrast")
                .with(image -> image.set(Tag.FrameOfReferenceUID, "2.25.99").set(Tag.ContrastBolusAgent, "Iohexol"));
        PhantomSeries lung = ct.as("Lung").with(image -> image.set(Tag.ConvolutionKernel, "B70f"));

        JsonNode result = measured(folder, scout, coronal, reformat, contrast, lung, soft, pet);

        same(result);
        assertThat(result.at("/seriesInstanceUid").asText())
                .isEqualTo(ct.images().get(0).requireText(Tag.SeriesInstanceUID));
        assertThat(flags(result)).doesNotContain(QualityFlag.CONTRAST.name());
    }

    @Test
    void a_pet_in_another_frame_of_reference_gives_no_suv() throws IOException {
        JsonNode result = measured(folder, ct, pet.with(image -> image.set(Tag.FrameOfReferenceUID, "2.25.98")));

        assertThat(result.at("/muscle/suvMean").isMissingNode()).isTrue();
        assertThat(result.at("/pet/reason").asText()).contains("not in the frame of reference of the CT");
        assertThat(flags(result)).contains(QualityFlag.SUV_UNKNOWN.name());
    }

    @Test
    void enhanced_ct_and_pet_are_read_frame_by_frame_and_referenced_so() throws IOException {
        PhantomSeries one = ct.enhanced();

        JsonNode result = measured(folder, one, pet.enhanced());

        same(result);
        String uid = one.images().get(0).requireText(Tag.SOPInstanceUID);
        assertThat(result.at("/l3/sopInstanceUid").asText()).isEqualTo(uid);
        assertThat(result.at("/l3/frame").asInt()).isEqualTo(7);
        DataSet seg = Part10.read(folder.resolve("out/seg.dcm")).dataSet();
        DataSet source = seg.items(Tag.PerFrameFunctionalGroupsSequence)
                .get(0)
                .items(Tag.DerivationImageSequence)
                .get(0)
                .items(Tag.SourceImageSequence)
                .get(0);
        assertThat(source.requireText(Tag.ReferencedSOPInstanceUID)).isEqualTo(uid);
        assertThat(source.integer(Tag.ReferencedFrameNumber)).hasValue(7);
        DataSet sr = Part10.read(folder.resolve("out/sr.dcm")).dataSet();
        assertThat(sr.items(Tag.CurrentRequestedProcedureEvidenceSequence)
                        .get(0)
                        .items(Tag.ReferencedSeriesSequence))
                .hasSize(3)
                .allSatisfy(series ->
                        assertThat(series.items(Tag.ReferencedSOPSequence)).hasSize(1));
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of(List.of("ISO_IR 100"), "M\u00fcller^J\u00fcrgen"),
                Arguments.of(List.of("ISO_IR 144"), "\u0418\u0432\u0430\u043d\u043e\u0432^\u0418\u0432\u0430\u043d"),
                Arguments.of(List.of("ISO_IR 192"), "\u5c71\u7530^\u592a\u90ce"),
                Arguments.of(List.of("GB18030"), "\u738b^\u5c0f\u4e1c"),
                Arguments.of(
                        List.of("", "ISO 2022 IR 87"),
                        "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046"),
                Arguments.of(List.of("", "ISO 2022 IR 149"), "Hong^Gildong=\u6d2a^\u5409\u6d1e=\ud64d^\uae38\ub3d9"),
                Arguments.of(List.of(), "Plain^Name"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void a_name_in_any_alphabet_comes_back_byte_for_byte(List<String> characterSets, String name) throws IOException {
        PhantomSeries named = ct.with(image -> {
            image.remove(Tag.SpecificCharacterSet);
            if (!characterSets.isEmpty()) {
                image.set(Tag.SpecificCharacterSet, characterSets.toArray(String[]::new));
            }
            return image.set(Tag.PatientName, name);
        });

        measured(folder, named);

        DataSet source = named.images().get(0);
        for (String object : List.of("seg.dcm", "sr.dcm")) {
            DataSet written = Part10.read(folder.resolve("out").resolve(object)).dataSet();
            assertThat(written.bytes(Tag.PatientName)).isEqualTo(source.bytes(Tag.PatientName));
            assertThat(written.text(Tag.PatientName)).isEqualTo(Optional.of(name));
            assertThat(written.texts(Tag.SpecificCharacterSet)).isEqualTo(source.texts(Tag.SpecificCharacterSet));
        }
    }

    @Test
    void without_a_height_there_is_no_index() throws IOException {
        UnaryOperator<DataSet> silent = image -> image.remove(Tag.PatientSize);

        JsonNode result = measured(folder, ct.with(silent), pet.with(silent));

        assertThat(result.at("/muscle/areaCm2").asDouble()).isCloseTo(trueAreaCm2, within(1e-3));
        assertThat(result.at("/muscle/indexCm2PerM2").isMissingNode()).isTrue();
        assertThat(flags(result)).contains(QualityFlag.HEIGHT_UNKNOWN.name());
        assertThat(comment()).contains("No skeletal muscle index: the body height is not known.");
    }

    @Test
    void without_a_weight_there_is_no_suv() throws IOException {
        JsonNode result = measured(folder, ct, pet.with(image -> image.remove(Tag.PatientWeight)));

        assertThat(result.at("/muscle/suvMean").isMissingNode()).isTrue();
        assertThat(result.at("/pet/reason").asText()).isEqualTo("PatientWeight (0010,1030): absent or empty");
        assertThat(comment()).contains("No SUV: PatientWeight (0010,1030): absent or empty.");
    }

    @Test
    void without_an_accession_number_it_is_empty_and_no_order_is_named() throws IOException {
        measured(folder, ct.with(image -> image.remove(Tag.AccessionNumber)));

        DataSet sr = Part10.read(folder.resolve("out/sr.dcm")).dataSet();
        assertThat(sr.contains(Tag.AccessionNumber)).isTrue();
        assertThat(sr.hasValue(Tag.AccessionNumber)).isFalse();
        assertThat(sr.contains(Tag.ReferencedRequestSequence)).isFalse();
    }

    @Test
    void a_limit_that_the_site_set_is_compared_with_and_cited_and_nothing_is_said_by_default() throws IOException {
        assertThat(plain.at("/comparisons").isMissingNode()).isTrue();
        String sex = ct.images().get(0).requireText(Tag.PatientSex);
        double index = plain.at("/muscle/indexCm2PerM2").asDouble();

        Result result = new StudyPipeline(models(), ProductInfo.ofVersion("test"), Clock.systemUTC())
                .withCutoffs(List.of(
                        new Cutoff(sex, Math.ceil(index) + 1, "Some paper"),
                        new Cutoff(sex.equals("M") ? "F" : "M", 50, "Other sex")))
                .run(ct.write(folder.resolve("in")), folder.resolve("out"), CONTENT);

        JsonNode comparisons = new ObjectMapper().readTree(result.resultJson()).at("/comparisons");
        assertThat(comparisons).hasSize(1);
        assertThat(comparisons.get(0).asText())
                .contains(" is below the cut-off of ")
                .contains("(Some paper); not a diagnosis");
    }

    @Test
    void what_the_model_is_unsure_of_reaches_the_result_and_the_report() throws IOException {
        List<QualityFlag> doubts =
                List.of(QualityFlag.MUSCLE_CUT, QualityFlag.CONTOUR_UNCERTAIN, QualityFlag.MODEL_INCONSISTENT);
        assertThat(flags(plain)).doesNotContainAnyElementsOf(names(doubts));
        assertThat(texts(shared.resolve("plain/out/sr.dcm")))
                .doesNotContainAnyElementsOf(
                        doubts.stream().map(QualityFlag::text).toList());

        Result result = new StudyPipeline(
                        models(slice -> new Segmentation(muscle(slice), 0.6, 0.02, 0.8, true)),
                        ProductInfo.ofVersion("test"),
                        Clock.systemUTC())
                .run(ct.write(folder.resolve("in")), folder.resolve("out"), CONTENT);

        assertThat(flags(new ObjectMapper().readTree(result.resultJson()))).containsAll(names(doubts));
        assertThat(texts(folder.resolve("out/sr.dcm")))
                .containsAll(doubts.stream().map(QualityFlag::text).toList());
    }

    private static List<String> names(List<QualityFlag> flags) {
        return flags.stream().map(QualityFlag::name).toList();
    }

    /** Every text and every meaning of a code in a report. */
    private static List<String> texts(Path report) throws IOException {
        List<String> texts = new ArrayList<>();
        List<DataSet> open = new ArrayList<>(Part10.read(report).dataSet().items(Tag.ContentSequence));
        while (!open.isEmpty()) {
            DataSet item = open.remove(0);
            item.text(Tag.TextValue).ifPresent(texts::add);
            for (int sequence : new int[] {Tag.ConceptCodeSequence, Tag.ConceptNameCodeSequence}) {
                item.items(sequence).forEach(code -> code.text(Tag.CodeMeaning).ifPresent(texts::add));
            }
            open.addAll(item.items(Tag.ContentSequence));
        }
        return texts;
    }

    private static void same(JsonNode result) {
        for (String figure : List.of("areaCm2", "meanHu", "pixels", "medianHu", "suvMean", "suvMax", "indexCm2PerM2")) {
            assertThat(result.at("/muscle/" + figure).asDouble())
                    .as(figure)
                    .isCloseTo(plain.at("/muscle/" + figure).asDouble(), within(2e-4));
        }
        assertThat(result.at("/l3/zMm").asDouble()).isCloseTo(l3, within(1e-3));
        assertThat(flags(result)).isEqualTo(flags(plain));
    }

    private static List<String> flags(JsonNode result) {
        List<String> flags = new ArrayList<>();
        result.at("/quality").forEach(flag -> flags.add(flag.asText()));
        return flags;
    }

    private String comment() throws IOException {
        DataSet sr = Part10.read(folder.resolve("out/sr.dcm")).dataSet();
        List<DataSet> open = new ArrayList<>(sr.items(Tag.ContentSequence));
        while (!open.isEmpty()) {
            DataSet item = open.remove(0);
            if (item.item(Tag.ConceptNameCodeSequence)
                    .flatMap(code -> code.text(Tag.CodeValue))
                    .equals(Optional.of("121106"))) {
                return item.requireText(Tag.TextValue);
            }
            open.addAll(item.items(Tag.ContentSequence));
        }
        throw new AssertionError("the report has no comment");
    }

    private static JsonNode measured(Path folder, PhantomSeries... study) throws IOException {
        Result result = run(folder, study);
        assertThat(result).as(result.resultJson()).isInstanceOf(Result.Measured.class);
        return new ObjectMapper().readTree(result.resultJson());
    }

    private static String refusal(Path folder, PhantomSeries... study) throws IOException {
        Result result = run(folder, study);
        assertThat(result).as(result.resultJson()).isInstanceOf(Result.Refused.class);
        return ((Result.Refused) result).reason();
    }

    private static Result run(Path folder, PhantomSeries... study) throws IOException {
        List<Path> files = new ArrayList<>();
        for (PhantomSeries series : study) {
            files.addAll(series.write(folder.resolve("in" + files.size())));
        }
        Result result = new StudyPipeline(models(), ProductInfo.ofVersion("test"), Clock.systemUTC())
                .run(files, folder.resolve("out"), CONTENT);
        if (result instanceof Result.Measured measured) {
            measured.objects().forEach(object -> files.add(object.file()));
            assertThat(Verification.ofFiles(files).findings()).isEmpty();
        }
        return result;
    }

    /** The slice nearest to the true L3, and the true muscle on whatever matrix it has. */
    private static Models models() {
        return models(slice -> new Segmentation(muscle(slice), 0.1, 0.02, 0.98, false));
    }

    private static Models models(MuscleSegmentation segmenter) {
        return new Models(
                volume -> {
                    int nearest = 0;
                    for (int k = 1; k < volume.depth(); k++) {
                        if (Math.abs(volume.zMm(k) - l3) < Math.abs(volume.zMm(nearest) - l3)) {
                            nearest = k;
                        }
                    }
                    return new L3.Found(nearest, volume.zMm(nearest), 0.97, List.of());
                },
                new ModelIdentity("truth-locator", "1", "a".repeat(64)),
                segmenter,
                new ModelIdentity("truth-segmenter", "1", "b".repeat(64)));
    }

    private static Mask muscle(HuSlice slice) {
        boolean[] mask = new boolean[slice.rows() * slice.columns()];
        for (int p = 0; p < mask.length; p++) {
            int row = p / slice.columns() * size / slice.rows();
            int column = p % slice.columns() * size / slice.columns();
            mask[p] = truth[row * size + column];
        }
        return new Mask(slice.rows(), slice.columns(), mask);
    }
}
