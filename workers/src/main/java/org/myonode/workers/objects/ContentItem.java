package org.myonode.workers.objects;

import java.util.List;
import java.util.Locale;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/** Content items of a structured report (PS3.3 C.17.3), each as the item of a content sequence. */
final class ContentItem {
    static final String CONTAINS = "CONTAINS";
    static final String CONCEPT_MODIFIER = "HAS CONCEPT MOD";
    static final String OBSERVATION_CONTEXT = "HAS OBS CONTEXT";
    static final String ACQUISITION_CONTEXT = "HAS ACQ CONTEXT";
    static final String INFERRED_FROM = "INFERRED FROM";

    private ContentItem() {}

    static DataSet container(Code name, List<DataSet> children) {
        return named(CONTAINS, "CONTAINER", name)
                .set(Tag.ContinuityOfContent, "SEPARATE")
                .setItems(Tag.ContentSequence, children);
    }

    static DataSet code(String relationship, Code name, Code value) {
        return named(relationship, "CODE", name).setItems(Tag.ConceptCodeSequence, value.item());
    }

    static DataSet text(String relationship, Code name, String value) {
        return named(relationship, "TEXT", name).set(Tag.TextValue, value);
    }

    static DataSet uid(String relationship, Code name, String value) {
        return named(relationship, "UIDREF", name).set(Tag.UID, value);
    }

    static DataSet date(String relationship, Code name, String value) {
        return named(relationship, "DATE", name).set(Tag.Date, value);
    }

    /** An image without a concept name, as an image library lists them. */
    static DataSet image(DataSet reference) {
        return new DataSet()
                .set(Tag.RelationshipType, CONTAINS)
                .set(Tag.ValueType, "IMAGE")
                .setItems(Tag.ReferencedSOPSequence, reference);
    }

    static DataSet image(Code name, DataSet reference) {
        return named(CONTAINS, "IMAGE", name).setItems(Tag.ReferencedSOPSequence, reference);
    }

    /** The segment of a segmentation; frame numbers must not be given beside it (PS3.3 table 10-3). */
    static DataSet segment(Code name, InstanceReference segmentation, int segment) {
        return named(CONTAINS, "IMAGE", name)
                .setItems(
                        Tag.ReferencedSOPSequence,
                        SegWriter.reference(segmentation).set(Tag.ReferencedSegmentNumber, segment));
    }

    /** A number: four decimals as text and, beside it, the exact value (PS3.3 C.18.1). */
    static DataSet number(String relationship, Code name, double value, Code unit) {
        DataSet measured = new DataSet()
                .setItems(Tag.MeasurementUnitsCodeSequence, unit.item())
                .set(Tag.NumericValue, rounded(value))
                .set(Tag.FloatingPointValue, value);
        return named(relationship, "NUM", name).setItems(Tag.MeasuredValueSequence, measured);
    }

    static DataSet with(DataSet item, DataSet... children) {
        return item.setItems(Tag.ContentSequence, children);
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.4f", value));
    }

    private static DataSet named(String relationship, String valueType, Code name) {
        return new DataSet()
                .set(Tag.RelationshipType, relationship)
                .set(Tag.ValueType, valueType)
                .setItems(Tag.ConceptNameCodeSequence, name.item());
    }
}
