package org.myonode.workers.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/** The content items of a structured report in reading order (PS3.3 C.17.3). */
final class ContentTree {
    private ContentTree() {}

    /**
     * One content item.
     *
     * @param path its place, such as {@code 1.10.1.4}
     */
    record Item(DataSet data, String path) {

        String name() {
            return code(Tag.ConceptNameCodeSequence);
        }

        /** The value of a CODE item. */
        String codeValue() {
            return code(Tag.ConceptCodeSequence);
        }

        private String code(int sequence) {
            return data.item(sequence).flatMap(item -> item.text(Tag.CodeValue)).orElse("");
        }

        boolean isNamed(String codeValue) {
            return name().equals(codeValue);
        }

        boolean isNumber() {
            return data.text(Tag.ValueType).orElse("").equals("NUM");
        }

        /** A number that the report states itself, not one that another was inferred from. */
        boolean isStatedNumber() {
            return isNumber() && data.text(Tag.RelationshipType).orElse("").equals("CONTAINS");
        }

        Optional<DataSet> measured() {
            return data.item(Tag.MeasuredValueSequence);
        }

        double value() {
            DataSet measured = measured()
                    .orElseThrow(() -> new org.myonode.dicom.DicomException(
                            Tag.MeasuredValueSequence, "absent or empty at " + path));
            return measured.requireDecimal(Tag.NumericValue);
        }

        String unit() {
            return measured()
                    .flatMap(measured -> measured.item(Tag.MeasurementUnitsCodeSequence))
                    .flatMap(unit -> unit.text(Tag.CodeValue))
                    .orElse("none");
        }

        Optional<String> referencedUid() {
            return data.item(Tag.ReferencedSOPSequence).flatMap(item -> item.text(Tag.ReferencedSOPInstanceUID));
        }

        List<Item> children() {
            List<Item> children = new ArrayList<>();
            collect(data, path, children, false);
            return children;
        }
    }

    /** All items below the root. */
    static List<Item> of(DataSet report) {
        List<Item> items = new ArrayList<>();
        collect(report, "1", items, true);
        return items;
    }

    private static void collect(DataSet parent, String path, List<Item> into, boolean deep) {
        int number = 0;
        for (DataSet item : parent.items(Tag.ContentSequence)) {
            String own = path + "." + ++number;
            into.add(new Item(item, own));
            if (deep) {
                collect(item, own, into, true);
            }
        }
    }
}
