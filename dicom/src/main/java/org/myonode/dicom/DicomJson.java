package org.myonode.dicom;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Data sets as DICOM JSON (PS3.18 annex F): what DICOMweb answers and asks for. Thread-safe.
 *
 * <p>Numbers of DS and IS are written as JSON numbers with the digits they have; SV and UV too large for a double of
 * JavaScript, NaN and infinities are written as strings. Bytes are InlineBinary. Encapsulated pixel data has no inline
 * form. Text is UTF-8, and where (0008,0005) stands it says so.
 *
 * <p>Reading takes numbers as strings and strings as numbers, because servers do both; it is as tolerant about lengths
 * as the binary reader. What is no DICOM JSON is a {@link DicomException} that names the attribute.
 */
public final class DicomJson {
    /** Media type of one data set or an array of them. */
    public static final String MEDIA_TYPE = "application/dicom+json";

    /** Characters that are read at most: some ten thousand matches of a query. */
    private static final long LONGEST = 64L << 20;

    private static final String UTF_8 = "ISO_IR 192";
    private static final long SAFE_INTEGER = (1L << 53) - 1;
    private static final List<String> PERSON_NAME_GROUPS = List.of("Alphabetic", "Ideographic", "Phonetic");

    private DicomJson() {}

    // ---- writing

    /** One data set as a JSON object. */
    public static String write(DataSet dataSet) {
        StringBuilder out = new StringBuilder();
        try {
            object(out, dataSet, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    /** Several data sets as a JSON array. */
    public static String write(List<DataSet> dataSets) {
        StringBuilder out = new StringBuilder("[");
        for (DataSet dataSet : dataSets) {
            out.append(out.length() == 1 ? "" : ",").append(write(dataSet));
        }
        return out.append(']').toString();
    }

    private static void object(Appendable out, DataSet dataSet, boolean outermost) throws IOException {
        String separator = "{";
        for (Map.Entry<Integer, DataSet.Element> entry : dataSet.elements().entrySet()) {
            int tag = entry.getKey();
            boolean charset = tag == Tag.SpecificCharacterSet;
            // Everything is UTF-8, so an item has no character set of its own; group lengths mean nothing here.
            if ((charset && !outermost) || (tag & 0xFFFF) == 0) {
                continue;
            }
            out.append(separator).append(String.format(Locale.ROOT, "\"%08X\":", tag));
            separator = ",";
            if (charset) {
                out.append("{\"vr\":\"CS\",\"Value\":[\"" + UTF_8 + "\"]}");
            } else {
                element(out, dataSet, tag, entry.getValue());
            }
        }
        out.append(separator.equals("{") ? "{}" : "}");
    }

    private static void element(Appendable out, DataSet dataSet, int tag, DataSet.Element element) throws IOException {
        VR vr = element.vr();
        out.append("{\"vr\":\"").append(vr.name()).append('"');
        if (element.content() instanceof Content.Fragments) {
            throw new DicomException(tag, "encapsulated pixel data has no form in DICOM JSON");
        }
        if (element.content() instanceof Content.Items items) {
            if (!items.items().isEmpty()) {
                out.append(",\"Value\":[");
                String separator = "";
                for (DataSet item : items.items()) {
                    out.append(separator);
                    separator = ",";
                    object(out, item, false);
                }
                out.append(']');
            }
        } else if (isInline(vr)) {
            byte[] bytes = dataSet.bytes(tag);
            if (bytes.length > 0) {
                out.append(",\"InlineBinary\":\"")
                        .append(Base64.getEncoder().encodeToString(bytes))
                        .append('"');
            }
        } else {
            List<String> values = dataSet.texts(tag);
            if (!values.isEmpty()) {
                out.append(",\"Value\":[");
                for (int i = 0; i < values.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    value(out, vr, values.get(i));
                }
                out.append(']');
            }
        }
        out.append('}');
    }

    private static boolean isInline(VR vr) {
        return switch (vr) {
            case OB, OD, OF, OL, OV, OW, UN -> true;
            default -> false;
        };
    }

    private static void value(Appendable out, VR vr, String text) throws IOException {
        if (text.isEmpty()) {
            out.append("null");
            return;
        }
        switch (vr) {
            case PN -> personName(out, text);
            case DS, IS, FL, FD, US, SS, UL, SL, SV, UV -> number(out, vr, text);
            default -> Json.string(out, text);
        }
    }

    private static void personName(Appendable out, String text) throws IOException {
        String[] groups = text.split("=", PERSON_NAME_GROUPS.size());
        String separator = "{";
        for (int i = 0; i < groups.length; i++) {
            if (!groups[i].isEmpty()) {
                out.append(separator)
                        .append('"')
                        .append(PERSON_NAME_GROUPS.get(i))
                        .append("\":");
                Json.string(out, groups[i]);
                separator = ",";
            }
        }
        out.append(separator.equals("{") ? "null" : "}");
    }

    private static void number(Appendable out, VR vr, String text) throws IOException {
        if ((vr == VR.SV || vr == VR.UV)
                && new BigDecimal(text).abs().compareTo(BigDecimal.valueOf(SAFE_INTEGER)) > 0) {
            Json.string(out, text);
        } else if (Json.isNumber(text)) {
            out.append(text);
        } else {
            try {
                // "+1.50", "007" and ".5" are numbers of DS and IS but not of JSON
                out.append(new BigDecimal(text.strip()).toString());
            } catch (NumberFormatException e) {
                Json.string(out, text);
            }
        }
    }

    // ---- reading

    /**
     * The data sets of an array, or the one of a single object, in UTF-8.
     *
     * @throws DicomException when it is no DICOM JSON, or a value is only referred to (BulkDataURI)
     */
    public static List<DataSet> read(InputStream in) throws IOException {
        return read(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)));
    }

    /** As above, from text. */
    public static List<DataSet> read(String json) {
        try {
            return read(new StringReader(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<DataSet> read(Reader in) throws IOException {
        References none = (dataSet, tag, vr, uri) -> {
            throw new DicomException(tag, "its value is elsewhere (BulkDataURI)");
        };
        return read(Json.read(in, LONGEST), one -> dataSet(one, none));
    }

    /**
     * A value that is elsewhere (PS3.18 F.2.2).
     *
     * @param dataSet the data set, or the item in it, that lacks the value
     * @param uri BulkDataURI, as it stands there
     */
    public record BulkDataReference(DataSet dataSet, int tag, VR vr, String uri) {}

    /** A data set without the values that it refers to, and these references in the order of the text. */
    public record Metadata(DataSet dataSet, List<BulkDataReference> bulkData) {}

    /**
     * As {@link #read(InputStream)}, for data sets that refer to values elsewhere: the metadata of PS3.18 section 8.7.3.
     *
     * @param longest characters that the text may have
     */
    public static List<Metadata> readMetadata(InputStream in, long longest) throws IOException {
        return read(Json.read(new InputStreamReader(in, StandardCharsets.UTF_8), longest), one -> {
            List<BulkDataReference> bulkData = new ArrayList<>();
            DataSet dataSet =
                    dataSet(one, (owner, tag, vr, uri) -> bulkData.add(new BulkDataReference(owner, tag, vr, uri)));
            return new Metadata(dataSet, List.copyOf(bulkData));
        });
    }

    /** What is done with a value that is elsewhere. */
    private interface References {
        void refer(DataSet dataSet, int tag, VR vr, String uri);
    }

    private static <T> List<T> read(Object json, Function<Object, T> each) {
        if (json instanceof Map) {
            return List.of(each.apply(json));
        }
        if (!(json instanceof List<?> list)) {
            throw new DicomException("no DICOM JSON: neither an object nor an array");
        }
        List<T> all = new ArrayList<>();
        for (Object one : list) {
            all.add(each.apply(one));
        }
        return all;
    }

    private static DataSet dataSet(Object json, References references) {
        Map<Integer, Map<?, ?>> attributes = attributes(json);
        DataSet dataSet = new DataSet();
        if (attributes.containsKey(Tag.SpecificCharacterSet) || hasMoreThanAscii(json)) {
            dataSet.set(Tag.SpecificCharacterSet, UTF_8);
        }
        fill(dataSet, attributes, references);
        return dataSet;
    }

    private static Map<Integer, Map<?, ?>> attributes(Object json) {
        if (!(json instanceof Map<?, ?> object)) {
            throw new DicomException("no DICOM JSON: a data set is an object");
        }
        Map<Integer, Map<?, ?>> attributes = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            String key = String.valueOf(name);
            if (!key.matches("[0-9A-Fa-f]{8}") || !(value instanceof Map<?, ?> attribute)) {
                throw new DicomException("no DICOM JSON: \"" + shortened(key) + "\" is no tag with an object");
            }
            attributes.put(Integer.parseUnsignedInt(key, 16), attribute);
        });
        return attributes;
    }

    private static void fill(DataSet dataSet, Map<Integer, Map<?, ?>> attributes, References references) {
        attributes.forEach((tag, attribute) -> {
            // What the text says about its encoding is known: it is UTF-8.
            if (tag != Tag.SpecificCharacterSet && (tag & 0xFFFF) != 0) {
                put(dataSet, tag, attribute, references);
            }
        });
    }

    private static void put(DataSet dataSet, int tag, Map<?, ?> attribute, References references) {
        VR vr = vr(tag, attribute.get("vr"));
        if (attribute.get("BulkDataURI") instanceof String uri) {
            if (vr == VR.SQ) {
                throw new DicomException(tag, "BulkDataURI with the VR SQ");
            }
            references.refer(dataSet, tag, vr, uri);
            return;
        }
        if (attribute.get("InlineBinary") instanceof String text) {
            if (!vr.isBinary()) {
                throw new DicomException(tag, "InlineBinary with the VR " + vr);
            }
            try {
                dataSet.setBytes(tag, vr, Base64.getDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                throw new DicomException(tag, "InlineBinary is no Base64");
            }
            return;
        }
        Object value = attribute.get("Value");
        List<?> values = value instanceof List<?> list ? list : List.of();
        if (value != null && value != Json.Null.NULL && !(value instanceof List)) {
            throw new DicomException(tag, "Value is no array");
        }
        if (vr == VR.SQ) {
            items(dataSet, tag, values, references);
        } else if (isInline(vr)) {
            if (!values.isEmpty()) {
                throw new DicomException(tag, "Value with the VR " + vr);
            }
            dataSet.setBytes(tag, vr, new byte[0]);
        } else if (vr.isString()) {
            dataSet.setTexts(
                    tag, vr, values.stream().map(one -> text(tag, vr, one)).toList());
        } else {
            dataSet.setBytes(tag, vr, numbers(tag, vr, values));
        }
    }

    private static VR vr(int tag, @Nullable Object code) {
        if (code == null) {
            return Dictionary.vrOf(tag);
        }
        String text = String.valueOf(code);
        VR vr = text.length() == 2 ? VR.ofCode(text.charAt(0), text.charAt(1)) : null;
        if (vr == null) {
            throw new DicomException(tag, "\"" + shortened(text) + "\" is no value representation");
        }
        return vr;
    }

    private static void items(DataSet dataSet, int tag, List<?> values, References references) {
        List<DataSet> items = new ArrayList<>();
        for (Object value : values) {
            DataSet item = new DataSet(dataSet);
            if (value != Json.Null.NULL) {
                fill(item, attributes(value), references);
            }
            items.add(item);
        }
        dataSet.put(tag, VR.SQ, new Content.Items(items));
    }

    private static String text(int tag, VR vr, Object value) {
        if (value == Json.Null.NULL) {
            return "";
        }
        if (value instanceof Map<?, ?> name && vr == VR.PN) {
            StringBuilder groups = new StringBuilder();
            for (String group : PERSON_NAME_GROUPS) {
                groups.append(name.get(group) instanceof String text ? text : "")
                        .append('=');
            }
            return groups.toString().replaceAll("=+$", "");
        }
        if (value instanceof Json.Number number) {
            // 16 characters are all that DS has; IS is never longer when it is one
            return vr == VR.DS && number.text().length() > 16 ? shortened(tag, number) : number.text();
        }
        if (value instanceof String text) {
            return text;
        }
        throw new DicomException(tag, "a value of VR " + vr + " is neither text nor number");
    }

    private static String shortened(int tag, Json.Number number) {
        double value = Double.parseDouble(number.text());
        if (Double.isInfinite(value)) {
            throw new DicomException(tag, "\"" + shortened(number.text()) + "\" is no value of VR DS");
        }
        return DecimalText.of(value);
    }

    private static byte[] numbers(int tag, VR vr, List<?> values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.size() * (vr == VR.AT ? 4 : vr.wordBytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (Object value : values) {
            String text = value instanceof Json.Number number ? number.text() : String.valueOf(value);
            try {
                switch (vr) {
                    case AT -> {
                        int referenced = Integer.parseUnsignedInt(text, 16);
                        bytes.putShort((short) (referenced >>> 16)).putShort((short) referenced);
                    }
                    case FL -> bytes.putFloat((float) real(text));
                    case FD -> bytes.putDouble(real(text));
                    case US -> bytes.putShort((short) integer(text, 0, 0xFFFF));
                    case SS -> bytes.putShort((short) integer(text, Short.MIN_VALUE, Short.MAX_VALUE));
                    case UL -> bytes.putInt((int) integer(text, 0, 0xFFFFFFFFL));
                    case SL -> bytes.putInt((int) integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
                    case SV -> bytes.putLong(new BigDecimal(text).longValueExact());
                    case UV -> bytes.putLong(unsigned(text));
                    default -> throw new DicomException(tag, "Value with the VR " + vr);
                }
            } catch (ArithmeticException | NumberFormatException e) {
                throw new DicomException(tag, "\"" + shortened(text) + "\" is no value of VR " + vr);
            }
        }
        return bytes.array();
    }

    private static long integer(String text, long least, long most) {
        long value = new BigDecimal(text).longValueExact();
        if (value < least || value > most) {
            throw new ArithmeticException(text);
        }
        return value;
    }

    private static long unsigned(String text) {
        BigDecimal value = new BigDecimal(text);
        // Asked first: 1E999999999 is short as a text and long as an integer.
        if ((long) value.precision() - value.scale() > 20) {
            throw new ArithmeticException(text);
        }
        return Long.parseUnsignedLong(value.toBigIntegerExact().toString());
    }

    private static double real(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static boolean hasMoreThanAscii(Object json) {
        if (json instanceof String text) {
            return text.chars().anyMatch(c -> c > 0x7F);
        }
        if (json instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(DicomJson::hasMoreThanAscii);
        }
        return json instanceof List<?> list && list.stream().anyMatch(DicomJson::hasMoreThanAscii);
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 40 ? line : line.substring(0, 40) + "...";
    }
}
