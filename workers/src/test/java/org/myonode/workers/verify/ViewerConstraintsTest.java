package org.myonode.workers.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Tag;
import org.myonode.workers.objects.SegmentationForm;

/**
 * What the loaders of OHIF, Cornerstone and Weasis take for granted, walked the way they walk it: where one of these is
 * missing they throw, show nothing or show something else.
 */
final class ViewerConstraintsTest {
    private static final Map<String, DicomFile> FILES = new ResultSet(SegmentationForm.BINARY).files();

    @Test
    void each_series_has_one_instance_because_only_the_last_one_is_loaded() {
        Set<String> series = new TreeSet<>();
        for (String name : List.of("seg", "sr", "rtstruct", "sc")) {
            series.add(data(name).requireText(Tag.SeriesInstanceUID));
        }
        assertThat(series).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(SegmentationForm.class)
    void a_segmentation_names_its_series_first_and_its_image_in_it(SegmentationForm form) {
        ResultSet set = new ResultSet(form);
        DataSet seg = set.files().get("seg").dataSet();

        DataSet series = seg.items(Tag.ReferencedSeriesSequence).get(0);
        assertThat(series.requireText(Tag.SeriesInstanceUID))
                .isEqualTo(set.images.get(1).requireText(Tag.SeriesInstanceUID));
        assertThat(series.items(Tag.ReferencedInstanceSequence).get(0).requireText(Tag.ReferencedSOPInstanceUID))
                .isEqualTo(set.images.get(1).requireText(Tag.SOPInstanceUID));
        // Whole frames: a width that is no multiple of eight is decoded right only when nothing is cropped.
        assertThat(seg.requireInteger(Tag.Columns)).isEqualTo(ResultSet.COLUMNS);
        assertThat(seg.text(Tag.SegmentsOverlap)).hasValue("NO");
        assertThat(seg.items(Tag.SharedFunctionalGroupsSequence)
                        .get(0)
                        .items(Tag.PixelMeasuresSequence)
                        .get(0)
                        .requireDecimal(Tag.SpacingBetweenSlices))
                .isPositive();
    }

    @Test
    void a_frame_names_its_segment_itself() {
        assertThat(data("seg")
                        .items(Tag.PerFrameFunctionalGroupsSequence)
                        .get(0)
                        .items(Tag.SegmentIdentificationSequence)
                        .get(0)
                        .requireInteger(Tag.ReferencedSegmentNumber))
                .isEqualTo(1);
    }

    @Test
    void a_report_has_the_one_title_that_is_loaded_an_image_library_and_tracked_groups() {
        DataSet report = data("sr");
        assertThat(report.items(Tag.ConceptNameCodeSequence).get(0).requireText(Tag.CodeValue))
                .isEqualTo("126000");
        DataSet library = child(report, "111028");
        assertThat(library.items(Tag.ContentSequence)).isNotEmpty();
        DataSet measurements = child(report, "126010");
        List<DataSet> groups = measurements.items(Tag.ContentSequence).stream()
                .filter(item -> name(item).equals("125007"))
                .toList();
        assertThat(groups).hasSize(1);
        for (DataSet group : groups) {
            assertThat(child(group, "112040").requireText(Tag.UID)).isNotBlank();
            assertThat(child(group, "112039").requireText(Tag.TextValue)).isNotBlank();
            assertThat(group.items(Tag.ContentSequence).stream()
                            .filter(item -> item.requireText(Tag.ValueType).equals("NUM")))
                    .isNotEmpty()
                    .allSatisfy(number ->
                            assertThat(number.items(Tag.ContentSequence)).isNotEmpty());
        }
    }

    @Test
    void a_structure_set_has_only_contours_of_the_type_that_is_drawn() {
        Set<String> types = new LinkedHashSet<>();
        DataSet roi = data("rtstruct").items(Tag.ROIContourSequence).get(0);
        for (DataSet contour : roi.items(Tag.ContourSequence)) {
            types.add(contour.requireText(Tag.ContourGeometricType));
            assertThat(contour.items(Tag.ContourImageSequence)).hasSize(1);
            assertThat(contour.requireInteger(Tag.NumberOfContourPoints)).isGreaterThanOrEqualTo(4);
        }
        assertThat(types).containsExactly("CLOSED_PLANAR");
        assertThat(roi.integers(Tag.ROIDisplayColor)).hasSize(3);
    }

    @Test
    void a_picture_is_in_no_frame_of_reference_so_that_it_is_not_stacked() {
        assertThat(data("sc").contains(Tag.FrameOfReferenceUID)).isFalse();
        assertThat(data("sc").contains(Tag.ImagePositionPatient)).isFalse();
    }

    private static DataSet data(String name) {
        return FILES.get(name).dataSet();
    }

    private static DataSet child(DataSet parent, String code) {
        return parent.items(Tag.ContentSequence).stream()
                .filter(item -> name(item).equals(code))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + code));
    }

    private static String name(DataSet item) {
        return item.item(Tag.ConceptNameCodeSequence)
                .flatMap(code -> code.text(Tag.CodeValue))
                .orElse("");
    }
}
