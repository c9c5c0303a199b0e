package org.myonode.workers.pet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.VR;

/**
 * Headers whose SUV can be worked out by hand: 70 kg, 350 MBq, a half-life of 6000 s and a scan one half-life after the
 * injection, so that an SUV of 1 is 2500 Bq/ml at the scan and 5000 Bq/ml at the injection. Expected values were
 * computed apart from the code.
 */
final class SuvScaleTest {

    @Test
    void becquerels_decayed_to_the_start_of_the_series() {
        SuvScale.Known scale = known(image -> {});

        assertThat(2500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(scale.flags()).isEmpty();
        assertThat(scale.method())
                .isEqualTo(
                        "SUVbw from Bq/ml: weight 70.0 kg, dose 350.0 MBq, half-life 6000.0 s, decay corrected to the"
                                + " start of the series, 6000 s after the injection");
    }

    @Test
    void every_slice_has_its_own_slope() {
        List<DataSet> images = images(image -> {});
        images.get(1).set(Tag.RescaleSlope, 0.5);

        SuvScale.Known scale = (SuvScale.Known) SuvScale.of(images);

        assertThat(2500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(5000 * scale.perStoredValue()[1]).isCloseTo(1, within(1e-9));
    }

    @Test
    void becquerels_decayed_to_the_injection() {
        SuvScale.Known scale = known(image -> image.set(Tag.DecayCorrection, "ADMIN"));
        assertThat(5000 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
    }

    @Test
    void becquerels_not_decayed_count_from_each_slice() {
        List<DataSet> images = images(image -> image.set(Tag.DecayCorrection, "NONE")
                .set(Tag.CorrectedImage, "ATTN", "SCAT")
                .set(Tag.ActualFrameDuration, 6_000_000));
        // Two half-lives after the injection; over a frame of one half-life the mean is 0.72135 of the first moment.
        images.get(1).set(Tag.AcquisitionTime, "132000");

        SuvScale.Known scale = (SuvScale.Known) SuvScale.of(images);

        assertThat(901.6844 * scale.perStoredValue()[1]).isCloseTo(1, within(1e-6));
        assertThat(2 * 901.6844 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-6));
        assertThat(scale.method()).contains("not decay corrected").contains("6000 to 12000 s after the injection");
    }

    @Test
    void a_series_time_after_the_scan_is_no_reference() {
        // The mean activity of a frame of one half-life is reached 2827.4018 s after its start; the reference was
        // 3000 s before that start: half a half-life after the injection.
        SuvScale.Known scale = known(image -> image.set(Tag.SeriesTime, "150000")
                .set(Tag.ActualFrameDuration, 6_000_000)
                .set(Tag.FrameReferenceTime, 5_827_401.7623));

        assertThat(3535.5339 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-6));
        assertThat(scale.flags()).containsExactly(SuvFlag.REFERENCE_TIME_DERIVED);
    }

    @Test
    void ge_keeps_the_scan_time_in_a_private_element() {
        SuvScale.Known scale = known(image -> image.set(Tag.SeriesTime, "150000")
                .set(0x00090011, VR.LO, "GEMS_PETD_01")
                .setBytes(0x0009110D, VR.UN, "20260305132000.00 ".getBytes(StandardCharsets.US_ASCII)));

        assertThat(1250 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(scale.method()).contains("the scan time kept by GE");
    }

    @Test
    void philips_counts_with_a_factor_for_suv() {
        SuvScale.Known scale = known(image -> image.set(Tag.Units, "CNTS")
                .set(0x70530010, VR.LO, "Philips PET Private Group")
                .set(0x70531000, VR.DS, "0.002")
                .remove(Tag.PatientWeight));
        assertThat(500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
    }

    @Test
    void philips_counts_with_a_factor_for_activity_and_without_their_creator() {
        SuvScale.Known scale = known(image -> image.set(Tag.Units, "CNTS")
                .setBytes(0x70531000, VR.UN, "0 ".getBytes(StandardCharsets.US_ASCII))
                .setBytes(0x70531009, VR.UN, "5.0 ".getBytes(StandardCharsets.US_ASCII)));
        assertThat(500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
    }

    static Stream<Arguments> suvTypes() {
        return Stream.of(
                Arguments.of("BW", "M", 1.0),
                Arguments.of("", "M", 1.0),
                Arguments.of("LBM", "M", 70 / 57.8),
                Arguments.of("LBM", "F", 70 / 51.22),
                Arguments.of("LBMJAMES128", "M", 70 / 56.52),
                Arguments.of("LBMJANMA", "M", 70 / 55.857107722),
                Arguments.of("LBMJANMA", "F", 70 / 45.197014925),
                Arguments.of("IBW", "M", 70 / 72.38),
                Arguments.of("IBW", "F", 70 / 66.43),
                Arguments.of("IBW", "O", 70 / 69.405));
    }

    @ParameterizedTest
    @MethodSource("suvTypes")
    void an_suv_of_another_kind_is_converted(String type, String sex, double factor) {
        SuvScale.Known scale = known(image -> {
            image.set(Tag.Units, "GML").set(Tag.PatientSex, sex).remove(Tag.RadiopharmaceuticalInformationSequence);
            if (!type.isEmpty()) {
                image.set(Tag.SUVType, type);
            }
        });

        assertThat(scale.perStoredValue()[0]).isCloseTo(factor, within(1e-6));
        assertThat(scale.flags().contains(SuvFlag.SUV_CONVERTED)).isEqualTo(factor != 1);
        assertThat(scale.flags().contains(SuvFlag.SEX_UNKNOWN)).isEqualTo(sex.equals("O"));
    }

    @Test
    void an_suv_by_body_surface_is_converted() {
        SuvScale.Known scale = known(image -> image.set(Tag.Units, "CM2ML"));
        // Du Bois: 1.848143 m2 for 70 kg and 1.75 m.
        assertThat(scale.perStoredValue()[0]).isCloseTo(70 / 18.481430, within(1e-6));
    }

    @Test
    void a_time_of_injection_without_a_date_is_on_the_day_of_the_series() {
        SuvScale.Known scale = known(timeOnly("100000"));
        assertThat(2500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(scale.flags()).containsExactly(SuvFlag.ADMINISTRATION_DATE_UNKNOWN);
    }

    @Test
    void a_time_of_injection_after_the_scan_was_the_day_before() {
        SuvScale.Known scale = known(timeOnly("233000")
                .andThen(image -> image.set(Tag.SeriesTime, "011000").set(Tag.AcquisitionTime, "011000.000")));
        assertThat(2500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(scale.flags()).containsExactly(SuvFlag.ADMINISTERED_THE_DAY_BEFORE);
    }

    @Test
    void offsets_from_utc_count_when_the_header_states_its_own() {
        Consumer<DataSet> injected =
                injection(item -> item.set(Tag.RadiopharmaceuticalStartDateTime, "20260305090000.000000+0000"));
        assertThat(2500
                        * known(injected.andThen(image -> image.set(Tag.TimezoneOffsetFromUTC, "+0100")))
                                .perStoredValue()[0])
                .isCloseTo(1, within(1e-9));
        // Without it both clocks are taken for the scanner's: an hour more.
        assertThat(2500 / Math.pow(2, 0.6) * known(injected).perStoredValue()[0])
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void slips_of_units_are_put_right_and_flagged() {
        SuvScale.Known scale = known(injection(item -> item.set(Tag.RadionuclideTotalDose, 350.0))
                .andThen(image -> image.set(Tag.PatientWeight, 70_000.0)));
        assertThat(2500 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(scale.flags()).containsExactly(SuvFlag.DOSE_IN_MBQ, SuvFlag.WEIGHT_IN_GRAMS);

        SuvScale.Known lean = known(
                image -> image.set(Tag.Units, "GML").set(Tag.SUVType, "LBM").set(Tag.PatientSize, 175.0));
        assertThat(lean.perStoredValue()[0]).isCloseTo(70 / 57.8, within(1e-9));
        assertThat(lean.flags()).containsExactly(SuvFlag.SIZE_IN_CENTIMETRES, SuvFlag.SUV_CONVERTED);
    }

    static Stream<Arguments> reasons() {
        return Stream.of(
                refused("CorrectedImage (0028,0051): absent", image -> image.remove(Tag.CorrectedImage)),
                refused("attenuation was not corrected", image -> image.set(Tag.CorrectedImage, "DECY", "SCAT")),
                refused("lacks DECY", image -> image.set(Tag.CorrectedImage, "ATTN")),
                refused("Units (0054,1001): absent", image -> image.remove(Tag.Units)),
                refused("PROPCNTS is not known", image -> image.set(Tag.Units, "PROPCNTS")),
                refused("RescaleSlope (0028,1053): absent", image -> image.remove(Tag.RescaleSlope)),
                refused("RescaleSlope (0028,1053): is 0.0", image -> image.set(Tag.RescaleSlope, 0.0)),
                refused("RescaleIntercept (0028,1052)", image -> image.set(Tag.RescaleIntercept, -1024.0)),
                refused("PatientWeight (0010,1030): absent", image -> image.setEmpty(Tag.PatientWeight)),
                refused("PatientWeight (0010,1030): is 0.0", image -> image.set(Tag.PatientWeight, 0.0)),
                refused("is 700.0, which is no weight", image -> image.set(Tag.PatientWeight, 700.0)),
                refused(
                        "PatientWeight (0010,1030): the value \"heavy\"",
                        image ->
                                image.setBytes(Tag.PatientWeight, VR.DS, "heavy ".getBytes(StandardCharsets.US_ASCII))),
                refused(
                        "RadiopharmaceuticalInformationSequence (0054,0016): absent",
                        image -> image.remove(Tag.RadiopharmaceuticalInformationSequence)),
                refused(
                        "2 injections",
                        image -> image.setItems(
                                Tag.RadiopharmaceuticalInformationSequence,
                                image.items(Tag.RadiopharmaceuticalInformationSequence)
                                        .get(0),
                                image.items(Tag.RadiopharmaceuticalInformationSequence)
                                        .get(0)
                                        .copy())),
                refused(
                        "RadionuclideTotalDose (0018,1074): absent",
                        injection(item -> item.remove(Tag.RadionuclideTotalDose))),
                refused(
                        "RadionuclideTotalDose (0018,1074): is 0.0",
                        injection(item -> item.set(Tag.RadionuclideTotalDose, 0.0))),
                refused(
                        "RadionuclideHalfLife (0018,1075): absent",
                        injection(item -> item.remove(Tag.RadionuclideHalfLife))),
                refused(
                        "so is Radiopharmaceutical Start Time",
                        injection(item -> item.remove(Tag.RadiopharmaceuticalStartDateTime))),
                refused(
                        "\"yesterday\" is no date and time",
                        injection(item -> item.set(Tag.RadiopharmaceuticalStartDateTime, VR.DT, "yesterday"))),
                refused(
                        "the scan is 1800 s before the injection",
                        injection(item -> item.set(Tag.RadiopharmaceuticalStartDateTime, "20260305121000"))),
                refused(
                        "the dates cannot be right",
                        injection(item -> item.set(Tag.RadiopharmaceuticalStartDateTime, "20250305100000"))),
                refused("DecayCorrection (0054,1102): absent", image -> image.remove(Tag.DecayCorrection)),
                refused(
                        "DecayCorrection (0054,1102): LATER is not known",
                        image -> image.set(Tag.DecayCorrection, "LATER")),
                refused("SeriesDate (0008,0021): absent", image -> image.remove(Tag.SeriesDate)),
                refused(
                        "SeriesTime (0008,0031): \"noon\" is no time",
                        image -> image.set(Tag.SeriesTime, VR.TM, "noon")),
                refused("AcquisitionTime (0008,0032): absent", image -> image.remove(Tag.AcquisitionTime)),
                refused("AcquisitionDate (0008,0022): absent", image -> image.remove(Tag.AcquisitionDate)),
                refused(
                        "ActualFrameDuration (0018,1242): absent",
                        image -> image.set(Tag.DecayCorrection, "NONE").remove(Tag.ActualFrameDuration)),
                refused(
                        "FrameReferenceTime (0054,1300): absent",
                        image -> image.set(Tag.SeriesTime, "150000").remove(Tag.FrameReferenceTime)),
                refused("neither a scale factor for SUV nor one for activity", image -> image.set(Tag.Units, "CNTS")),
                refused(
                        "PatientSize (0010,1020): absent",
                        image -> image.set(Tag.Units, "GML")
                                .set(Tag.SUVType, "LBM")
                                .remove(Tag.PatientSize)),
                refused(
                        "is 0.1, which is no height",
                        image -> image.set(Tag.Units, "GML")
                                .set(Tag.SUVType, "IBW")
                                .set(Tag.PatientSize, 0.1)),
                refused(
                        "SUVType (0054,1006): NEW is not known",
                        image -> image.set(Tag.Units, "GML").set(Tag.SUVType, "NEW")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reasons")
    void what_cannot_be_known_has_a_reason_that_names_the_attribute(String reason, Consumer<DataSet> change) {
        SuvScale scale = SuvScale.of(images(change));

        assertThat(scale).isInstanceOf(SuvScale.Unknown.class);
        assertThat(((SuvScale.Unknown) scale).reason()).contains(reason);
    }

    @Test
    void mixed_units_and_no_images_are_refused() {
        List<DataSet> images = images(image -> {});
        images.get(2).set(Tag.Units, "GML");

        assertThat(((SuvScale.Unknown) SuvScale.of(images)).reason()).contains("differs within the series: BQML, GML");
        assertThat(((SuvScale.Unknown) SuvScale.of(List.of())).reason()).isEqualTo("no PET images");
    }

    @Test
    void an_enhanced_pet_states_its_corrections_and_its_reference_time() {
        Consumer<DataSet> enhanced = injection(item -> item.set(Tag.RadionuclideTotalDose, 350.0))
                .andThen(image -> {
                    image.set(Tag.AttenuationCorrected, "YES")
                            .set(Tag.DecayCorrected, "YES")
                            .set(Tag.DecayCorrectionDateTime, "20260305132000");
                    image.remove(Tag.CorrectedImage).remove(Tag.DecayCorrection);
                    image.remove(Tag.AcquisitionDate).remove(Tag.AcquisitionTime);
                });
        SuvScale.Known scale = known(enhanced);
        assertThat(1250 * scale.perStoredValue()[0]).isCloseTo(1, within(1e-9));
        assertThat(scale.flags()).isEmpty();
    }

    private static Arguments refused(String reason, Consumer<DataSet> change) {
        return Arguments.of(reason, change);
    }

    private static Consumer<DataSet> injection(Consumer<DataSet> change) {
        return image -> change.accept(
                image.items(Tag.RadiopharmaceuticalInformationSequence).get(0));
    }

    private static Consumer<DataSet> timeOnly(String time) {
        return injection(
                item -> item.remove(Tag.RadiopharmaceuticalStartDateTime).set(Tag.RadiopharmaceuticalStartTime, time));
    }

    private static SuvScale.Known known(Consumer<DataSet> change) {
        SuvScale scale = SuvScale.of(images(change));
        assertThat(scale).as(scale.toString()).isInstanceOf(SuvScale.Known.class);
        return (SuvScale.Known) scale;
    }

    private static List<DataSet> images(Consumer<DataSet> change) {
        List<DataSet> images = new ArrayList<>();
        for (int k = 0; k < 3; k++) {
            DataSet image = new DataSet()
                    .set(Tag.SeriesDate, "20260305")
                    .set(Tag.SeriesTime, "114000")
                    .set(Tag.AcquisitionDate, "20260305")
                    .set(Tag.AcquisitionTime, "114000")
                    .set(Tag.PatientSex, "M")
                    .set(Tag.PatientSize, 1.75)
                    .set(Tag.PatientWeight, 70.0)
                    .set(Tag.Units, "BQML")
                    .set(Tag.CorrectedImage, "DECY", "ATTN", "SCAT")
                    .set(Tag.DecayCorrection, "START")
                    .set(Tag.ActualFrameDuration, 120_000)
                    .set(Tag.FrameReferenceTime, 0.0)
                    .set(Tag.RescaleIntercept, 0.0)
                    .set(Tag.RescaleSlope, 1.0)
                    .setItems(
                            Tag.RadiopharmaceuticalInformationSequence,
                            new DataSet()
                                    .set(Tag.RadiopharmaceuticalStartDateTime, "20260305100000")
                                    .set(Tag.RadionuclideTotalDose, 350e6)
                                    .set(Tag.RadionuclideHalfLife, 6000.0));
            change.accept(image);
            images.add(image);
        }
        return images;
    }
}
