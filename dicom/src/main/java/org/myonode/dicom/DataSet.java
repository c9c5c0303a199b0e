package org.myonode.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A data set: data elements ordered by tag, at most one per tag (PS3.5 section 7).
 *
 * <p>Getters return an empty result when an attribute is absent or has no value; the {@code require} ones throw a
 * {@link DicomException} that names it. Setters return this data set. The character set of a nested data set is that of
 * the one around it unless it declares its own. Not thread-safe; reading from several threads is safe once nobody writes.
 */
public final class DataSet {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([Ee][+-]?[0-9]+)?");

    private final NavigableMap<Integer, Element> elements = new TreeMap<>(Integer::compareUnsigned);
    private @Nullable DataSet parent;
    private @Nullable CharacterSets declared;

    /** An empty data set. */
    public DataSet() {}

    DataSet(DataSet parent) {
        this.parent = parent;
    }

    // ---- what there is

    /** True when the attribute is present, with or without a value. */
    public boolean contains(int tag) {
        return elements.containsKey(tag);
    }

    /** True when the attribute is present and its value is not empty (type 1 of PS3.5 7.4). */
    public boolean hasValue(int tag) {
        Element element = elements.get(tag);
        if (element == null) {
            return false;
        }
        if (element.content instanceof Content.Plain plain) {
            return plain.length() > 0;
        }
        return !(element.content instanceof Content.Items items)
                || !items.items().isEmpty();
    }

    /** The tags present, in ascending order; a view that cannot be changed. */
    public Set<Integer> tags() {
        return Collections.unmodifiableSet(elements.keySet());
    }

    /** True when no attribute is present. */
    public boolean isEmpty() {
        return elements.isEmpty();
    }

    /**
     * The value representation of an attribute that is present.
     *
     * @throws DicomException when it is absent
     */
    public VR vr(int tag) {
        Element element = elements.get(tag);
        if (element == null) {
            throw new DicomException(tag, "absent");
        }
        return element.vr;
    }

    /**
     * The tag of an element in a private block, by its creator: {@code privateTag("GEMS_PETD_01", 0x0009, 0x0D)} may be
     * (0009,100D) here and (0009,110D) in another file (PS3.5 7.8.1).
     */
    public OptionalInt privateTag(String creator, int group, int element) {
        int first = (group << 16) | 0x10;
        for (int tag : elements.subMap(first, true, (group << 16) | 0xFF, true).keySet()) {
            if (text(tag).filter(creator::equals).isPresent()) {
                return OptionalInt.of((group << 16) | ((tag & 0xFF) << 8) | (element & 0xFF));
            }
        }
        return OptionalInt.empty();
    }

    // ---- text

    /** The first value without padding; empty when the attribute is absent or that value is empty. */
    public Optional<String> text(int tag) {
        List<String> values = texts(tag);
        return values.isEmpty() || values.get(0).isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /** All values without padding, an empty list when there is none. Binary numbers are given in decimal. */
    public List<String> texts(int tag) {
        VR vr = valueVr(tag);
        if (vr == null) {
            return List.of();
        }
        if (!vr.isString()) {
            return numbersAsText(tag, vr);
        }
        byte[] bytes = bytes(tag);
        if (bytes.length == 0) {
            return List.of();
        }
        String all = vr.usesCharacterSet()
                ? characterSets().decode(bytes, delimiters(vr))
                : new String(bytes, StandardCharsets.ISO_8859_1);
        if (vr.isSingleText()) {
            String text = trimEnd(all);
            return text.isEmpty() ? List.of() : List.of(text);
        }
        List<String> values = new ArrayList<>();
        for (String value : all.split("\\\\", -1)) {
            values.add(trimStart(trimEnd(value)));
        }
        return values.size() == 1 && values.get(0).isEmpty() ? List.of() : Collections.unmodifiableList(values);
    }

    /**
     * The first value of an attribute that must have one.
     *
     * @throws DicomException when it is absent or empty
     */
    public String requireText(int tag) {
        return text(tag).orElseThrow(() -> missing(tag));
    }

    private List<String> numbersAsText(int tag, VR vr) {
        List<String> values = new ArrayList<>();
        switch (vr) {
            case US, SS, UL, SL, SV, UV -> {
                for (long value : longs(tag)) {
                    values.add(vr == VR.UV ? Long.toUnsignedString(value) : Long.toString(value));
                }
            }
            case FL, FD -> {
                for (double value : decimals(tag)) {
                    values.add(Double.toString(value));
                }
            }
            case AT -> {
                for (int value : integers(tag)) {
                    values.add(String.format("%08X", value));
                }
            }
            default -> {
                return List.of();
            }
        }
        return values;
    }

    // ---- numbers

    /** The first value as an integer; see {@link #integers}. */
    public OptionalInt integer(int tag) {
        int[] values = integers(tag);
        return values.length == 0 ? OptionalInt.empty() : OptionalInt.of(values[0]);
    }

    /**
     * The first value of an attribute that must have one.
     *
     * @throws DicomException when it is absent, empty or not an integer
     */
    public int requireInteger(int tag) {
        return integer(tag).orElseThrow(() -> missing(tag));
    }

    /**
     * All values as integers, an array of length 0 when there is none; US and UL are unsigned, AT gives tags.
     *
     * @throws DicomException when a value is not an integer of 32 bits
     */
    public int[] integers(int tag) {
        long[] longs = longs(tag);
        int[] values = new int[longs.length];
        boolean tags = valueVr(tag) == VR.AT;
        for (int i = 0; i < longs.length; i++) {
            values[i] = (int) longs[i];
            if (values[i] != longs[i] && !tags) {
                throw new DicomException(tag, "the value " + longs[i] + " does not fit into 32 bits");
            }
        }
        return values;
    }

    /** All values as integers of 64 bits; UV keeps its bit pattern. Otherwise as {@link #integers}. */
    public long[] longs(int tag) {
        VR vr = valueVr(tag);
        if (vr == null) {
            return new long[0];
        }
        if (vr == VR.FL || vr == VR.FD || vr.isString()) {
            double[] decimals = decimals(tag);
            long[] values = new long[decimals.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (long) decimals[i];
                if (values[i] != decimals[i]) {
                    throw new DicomException(tag, "the value " + decimals[i] + " is not an integer");
                }
            }
            return values;
        }
        ByteBuffer words = words(tag, vr);
        long[] values = new long[words.remaining() / (vr == VR.AT ? 4 : vr.wordBytes())];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (vr) {
                case AT -> ((words.getShort() & 0xFFFFL) << 16) | (words.getShort() & 0xFFFF);
                case US, OW -> words.getShort() & 0xFFFF;
                case SS -> words.getShort();
                case UL, OL -> words.getInt() & 0xFFFFFFFFL;
                case SL -> words.getInt();
                case SV, UV, OV -> words.getLong();
                default -> throw new DicomException(tag, "a value of VR " + vr + " is not a number");
            };
        }
        return values;
    }

    /** The first value as a number; see {@link #decimals}. */
    public OptionalDouble decimal(int tag) {
        double[] values = decimals(tag);
        return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[0]);
    }

    /**
     * The first value of an attribute that must have one.
     *
     * @throws DicomException when it is absent, empty or not a number
     */
    public double requireDecimal(int tag) {
        return decimal(tag).orElseThrow(() -> missing(tag));
    }

    /**
     * All values as numbers, whatever numeric VR they have; an array of length 0 when there is none.
     *
     * @throws DicomException when a value is not a number, with the value
     */
    public double[] decimals(int tag) {
        VR vr = valueVr(tag);
        if (vr == null) {
            return new double[0];
        }
        if (vr.isString()) {
            List<String> texts = texts(tag);
            double[] values = new double[texts.size()];
            for (int i = 0; i < values.length; i++) {
                String text = texts.get(i);
                if (!DECIMAL.matcher(text).matches()) {
                    throw new DicomException(tag, "the value \"" + printable(text) + "\" is not a number");
                }
                values[i] = Double.parseDouble(text);
            }
            return values;
        }
        if (vr == VR.FL || vr == VR.FD || vr == VR.OF || vr == VR.OD) {
            ByteBuffer words = words(tag, vr);
            double[] values = new double[words.remaining() / vr.wordBytes()];
            for (int i = 0; i < values.length; i++) {
                values[i] = vr.wordBytes() == 4 ? words.getFloat() : words.getDouble();
            }
            return values;
        }
        return Arrays.stream(longs(tag)).asDoubleStream().toArray();
    }

    private ByteBuffer words(int tag, VR vr) {
        byte[] bytes = bytes(tag);
        if (bytes.length % vr.wordBytes() != 0) {
            throw new DicomException(tag, bytes.length + " bytes are not a whole number of values of VR " + vr);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    // ---- sequences and bytes

    /** The items of a sequence, an empty list when there is none; the list cannot be changed, its items can. */
    public List<DataSet> items(int tag) {
        Element element = elements.get(tag);
        if (element == null) {
            return List.of();
        }
        if (element.content instanceof Content.Items items) {
            return Collections.unmodifiableList(items.items());
        }
        if (element.vr == VR.UN && element.content instanceof Content.Plain plain && Dictionary.vrOf(tag) == VR.SQ) {
            // PS3.5 6.2.2: whoever did not know the attribute left its items in implicit VR little endian.
            List<DataSet> items = DataSetReader.itemsOf(this, tag, plain.bytes());
            elements.put(tag, new Element(VR.SQ, new Content.Items(items)));
            return Collections.unmodifiableList(items);
        }
        if (element.content instanceof Content.Plain plain && plain.length() == 0) {
            return List.of();
        }
        throw new DicomException(tag, "is not a sequence but has the VR " + element.vr);
    }

    /** The first item of a sequence. */
    public Optional<DataSet> item(int tag) {
        return items(tag).stream().findFirst();
    }

    /**
     * The bytes of the value as they are in little endian order, padding included; of length 0 when there is none. The
     * caller must not change them.
     *
     * @throws DicomException for a sequence and for encapsulated pixel data
     */
    public byte[] bytes(int tag) {
        Element element = elements.get(tag);
        if (element == null) {
            return Content.Memory.EMPTY.bytes();
        }
        if (element.content instanceof Content.Plain plain) {
            return plain.bytes();
        }
        throw new DicomException(tag, "has items or fragments, not one value of bytes");
    }

    /**
     * The fragments of encapsulated pixel data, the basic offset table first (often empty); an empty list when the
     * value is absent or native.
     */
    public List<byte[]> fragments(int tag) {
        Element element = elements.get(tag);
        return element != null && element.content instanceof Content.Fragments fragments
                ? fragments.fragments().stream().map(Content.Plain::bytes).toList()
                : List.of();
    }

    // ---- setters

    /**
     * Sets text, or numbers given as text for DS and IS. The VR is that of the dictionary.
     *
     * @throws DicomException when a value is too long for the VR, is no UID or no number where one is needed, holds a
     *     delimiter or cannot be written in the specific character set of this data set
     */
    public DataSet set(int tag, String... values) {
        return set(tag, knownVr(tag), values);
    }

    /** Sets text with a VR of the caller's choice, for private attributes. */
    public DataSet set(int tag, VR vr, String... values) {
        if (!vr.isString()) {
            throw new IllegalArgumentException(Dictionary.describe(tag) + " has the VR " + vr + ", not one of text");
        }
        for (String value : values) {
            check(tag, vr, value, values.length);
        }
        return setTexts(tag, vr, List.of(values));
    }

    /** Sets text as it came from elsewhere: what the VR says about lengths is not checked, as the reader does not either. */
    DataSet setTexts(int tag, VR vr, List<String> values) {
        try {
            String all = String.join("\\", values);
            byte[] bytes = vr.usesCharacterSet()
                    ? characterSets().encode(all, delimiters(vr))
                    : CharacterSets.DEFAULT.encode(all, "");
            return put(tag, vr, new Content.Memory(padded(bytes, vr)));
        } catch (CharacterCodingException e) {
            throw new DicomException(tag, "the text cannot be written in " + characterSets());
        }
    }

    /** Sets integers with the VR of the dictionary: IS, DS, US, SS, UL, SL, AT, SV, UV, FL or FD. */
    public DataSet set(int tag, int... values) {
        VR vr = knownVr(tag);
        if (vr == VR.US && Dictionary.dependsOnPixelRepresentation(tag)) {
            boolean negative = Arrays.stream(values).anyMatch(value -> value < 0);
            vr = negative || isSigned() ? VR.SS : VR.US;
        }
        return set(tag, vr, values);
    }

    /** Sets integers with a VR of the caller's choice. */
    public DataSet set(int tag, VR vr, int... values) {
        if (vr == VR.IS || vr == VR.DS) {
            return set(
                    tag, vr, Arrays.stream(values).mapToObj(Integer::toString).toArray(String[]::new));
        }
        int width = vr == VR.AT ? 4 : vr.wordBytes();
        ByteBuffer buffer = ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            boolean fits = switch (vr) {
                case US -> value >= 0 && value <= 0xFFFF;
                case SS -> value == (short) value;
                case UL, UV -> value >= 0;
                default -> true;
            };
            if (!fits) {
                throw new DicomException(tag, "the value " + value + " does not fit into the VR " + vr);
            }
            switch (vr) {
                case US, SS -> buffer.putShort((short) value);
                case UL, SL -> buffer.putInt(value);
                case SV, UV -> buffer.putLong(value);
                case FL -> buffer.putFloat(value);
                case FD -> buffer.putDouble(value);
                case AT -> buffer.putShort((short) (value >>> 16)).putShort((short) value);
                default ->
                    throw new IllegalArgumentException(
                            Dictionary.describe(tag) + " has the VR " + vr + ", not one of numbers");
            }
        }
        return put(tag, vr, new Content.Memory(buffer.array()));
    }

    /** Sets numbers with the VR of the dictionary: DS (the closest text of at most 16 characters), FL or FD. */
    public DataSet set(int tag, double... values) {
        VR vr = knownVr(tag);
        switch (vr) {
            case DS -> {
                return set(
                        tag, vr, Arrays.stream(values).mapToObj(DecimalText::of).toArray(String[]::new));
            }
            case FL, FD -> {
                ByteBuffer buffer =
                        ByteBuffer.allocate(values.length * vr.wordBytes()).order(ByteOrder.LITTLE_ENDIAN);
                for (double value : values) {
                    if (vr == VR.FL) {
                        buffer.putFloat((float) value);
                    } else {
                        buffer.putDouble(value);
                    }
                }
                return put(tag, vr, new Content.Memory(buffer.array()));
            }
            default ->
                throw new IllegalArgumentException(
                        Dictionary.describe(tag) + " has the VR " + vr + ", not one of decimal numbers");
        }
    }

    /** Sets a value from its bytes in little endian order; the array is not copied and must not be changed any more. */
    public DataSet setBytes(int tag, VR vr, byte[] value) {
        if (vr == VR.SQ) {
            throw new IllegalArgumentException("a sequence is set by its items");
        }
        return put(tag, vr, new Content.Memory(padded(value, vr)));
    }

    /**
     * Sets a value that is a stretch of a file, in little endian order: it is read each time it is asked for, so the file
     * must live, at the same path, as long as the data set is used.
     */
    public DataSet setBytes(int tag, VR vr, Path file, long offset, long length) {
        if (vr == VR.SQ) {
            throw new IllegalArgumentException("a sequence is set by its items");
        }
        return put(tag, vr, new Content.InFile(file, offset, length, 1));
    }

    /** Sets encapsulated pixel data of one frame that is a stretch of a file, as above; the offset table is empty. */
    public DataSet setFragment(int tag, VR vr, Path file, long offset, long length) {
        return put(
                tag,
                vr,
                new Content.Fragments(List.of(Content.Memory.EMPTY, new Content.InFile(file, offset, length, 1))));
    }

    /** Sets encapsulated pixel data: the basic offset table (it may be empty), then the fragments. */
    public DataSet setFragments(int tag, VR vr, List<byte[]> fragments) {
        List<Content.Plain> contents = new ArrayList<>();
        for (byte[] fragment : fragments) {
            contents.add(new Content.Memory(padded(fragment, VR.OB)));
        }
        return put(tag, vr, new Content.Fragments(contents));
    }

    /** Sets the items of a sequence; see {@link #setItems(int, List)}. */
    public DataSet setItems(int tag, DataSet... items) {
        return setItems(tag, List.of(items));
    }

    /** Sets the items of a sequence. They become part of this data set; one that is part of another is copied. */
    @SuppressWarnings("ReferenceEquality") // the very same object, not an equal one
    public DataSet setItems(int tag, List<DataSet> items) {
        List<DataSet> own = new ArrayList<>();
        for (DataSet item : items) {
            if (item == this) {
                throw new IllegalArgumentException("a data set cannot be an item of itself");
            }
            DataSet attached = item.parent == null ? item : copyOfItem(item);
            attached.parent = this;
            own.add(attached);
        }
        return put(tag, VR.SQ, new Content.Items(own));
    }

    /** Makes an attribute present and empty (type 2 of PS3.5 7.4). */
    public DataSet setEmpty(int tag) {
        VR vr = knownVr(tag);
        return put(tag, vr, vr == VR.SQ ? new Content.Items(new ArrayList<>()) : Content.Memory.EMPTY);
    }

    /** Takes an attribute away; nothing happens when it is absent. */
    public DataSet remove(int tag) {
        elements.remove(tag);
        if (tag == Tag.SpecificCharacterSet) {
            declared = null;
        }
        return this;
    }

    /**
     * Copies those of the attributes that {@code from} has, byte for byte; Specific Character Set, when it is among
     * them, first. Text beyond ASCII is recoded where the two data sets declare different character sets.
     *
     * @throws DicomException when a text cannot be written in the character set of this data set
     */
    public DataSet copy(DataSet from, int... tags) {
        for (int tag : tags) {
            if (tag == Tag.SpecificCharacterSet) {
                copyElement(from, tag);
            }
        }
        for (int tag : tags) {
            copyElement(from, tag);
        }
        return this;
    }

    /** A deep copy that stands alone, with the character set that applies here. */
    public DataSet copy() {
        DataSet copy = new DataSet();
        copy.declared = characterSets();
        for (int tag : elements.keySet()) {
            copy.copyElement(this, tag);
        }
        return copy;
    }

    private void copyElement(DataSet from, int tag) {
        Element element = from.elements.get(tag);
        if (element == null) {
            return;
        }
        Content content = element.content;
        if (content instanceof Content.Items items) {
            List<DataSet> copies = new ArrayList<>();
            for (DataSet item : items.items()) {
                copies.add(copyOfItem(item));
            }
            content = new Content.Items(copies);
        } else if (element.vr.usesCharacterSet() && content instanceof Content.Plain plain) {
            content = recoded(from, tag, element.vr, plain);
        }
        put(tag, element.vr, content);
    }

    private DataSet copyOfItem(DataSet item) {
        DataSet copy = new DataSet(this);
        for (int tag : item.elements.keySet()) {
            copy.copyElement(item, tag);
        }
        return copy;
    }

    private Content recoded(DataSet from, int tag, VR vr, Content.Plain plain) {
        byte[] bytes = plain.bytes();
        if (CharacterSets.isPlain(bytes) || from.characterSets().equals(characterSets())) {
            return plain;
        }
        try {
            String text = from.characterSets().decode(bytes, delimiters(vr));
            return new Content.Memory(padded(characterSets().encode(text, delimiters(vr)), vr));
        } catch (CharacterCodingException e) {
            throw new DicomException(
                    tag, "the text in " + from.characterSets() + " cannot be written in " + characterSets());
        }
    }

    // ---- for the reader and the writer

    DataSet put(int tag, VR vr, Content content) {
        CharacterSets before = characterSets();
        putRead(tag, vr, content);
        if (tag == Tag.SpecificCharacterSet && !before.equals(declared) && hasCodedText()) {
            throw new IllegalStateException("Specific Character Set must be set before any text that depends on it");
        }
        return this;
    }

    /** The same for a value as it was found: its bytes mean what the declaration says, wherever that one stands. */
    void putRead(int tag, VR vr, Content content) {
        elements.put(tag, new Element(vr, content));
        if (tag == Tag.SpecificCharacterSet) {
            declared = CharacterSets.of(texts(tag));
        }
    }

    Map<Integer, Element> elements() {
        return elements;
    }

    /** Pixel Representation (0028,0103) of this data set or, in an item, of the closest one around it. */
    boolean isSigned() {
        OptionalInt representation = integer(Tag.PixelRepresentation);
        if (representation.isEmpty() && parent != null) {
            return parent.isSigned();
        }
        return representation.orElse(0) == 1;
    }

    private boolean hasCodedText() {
        for (Element element : elements.values()) {
            if (element.vr.usesCharacterSet()
                    && element.content instanceof Content.Plain plain
                    && !CharacterSets.isPlain(plain.bytes())) {
                return true;
            }
            if (element.content instanceof Content.Items items
                    && items.items().stream().anyMatch(item -> item.declared == null && item.hasCodedText())) {
                return true;
            }
        }
        return false;
    }

    private CharacterSets characterSets() {
        if (declared != null) {
            return declared;
        }
        return parent == null ? CharacterSets.DEFAULT : parent.characterSets();
    }

    /** The VR by which a value is to be understood: that of the dictionary where the file says UN. */
    private @Nullable VR valueVr(int tag) {
        Element element = elements.get(tag);
        if (element == null) {
            return null;
        }
        if (element.vr != VR.UN) {
            return element.vr;
        }
        VR known = Dictionary.vrOf(tag);
        if (known == VR.US && Dictionary.dependsOnPixelRepresentation(tag) && isSigned()) {
            return VR.SS;
        }
        return known == VR.SQ ? VR.UN : known;
    }

    private static VR knownVr(int tag) {
        VR vr = Dictionary.vrOf(tag);
        if (vr == VR.UN) {
            throw new IllegalArgumentException(
                    Dictionary.describe(tag) + " is not in the dictionary, its VR must be given");
        }
        return vr;
    }

    private static void check(int tag, VR vr, String value, int count) {
        if (value.indexOf('\\') >= 0 && !vr.isSingleText()) {
            throw new DicomException(tag, "a backslash separates values, it cannot be part of one");
        }
        if (count > 1 && vr.isSingleText()) {
            throw new DicomException(tag, "the VR " + vr + " allows one value only");
        }
        if (vr.maximumLength() > 0 && value.codePointCount(0, value.length()) > vr.maximumLength()) {
            throw new DicomException(
                    tag,
                    "\"" + printable(value) + "\" is longer than the " + vr.maximumLength() + " characters of VR "
                            + vr);
        }
        if (vr == VR.PN && Arrays.stream(value.split("=", -1)).anyMatch(group -> group.length() > 64)) {
            throw new DicomException(tag, "a component group is longer than the 64 characters of VR PN");
        }
        if (vr == VR.UI && !value.isEmpty() && !Uids.isValid(value)) {
            throw new DicomException(tag, "\"" + printable(value) + "\" is not a UID");
        }
        if ((vr == VR.DS || vr == VR.IS)
                && !value.isEmpty()
                && !DECIMAL.matcher(value.trim()).matches()) {
            throw new DicomException(tag, "\"" + printable(value) + "\" is not a number");
        }
    }

    private static byte[] padded(byte[] bytes, VR vr) {
        if (bytes.length % 2 == 0) {
            return bytes;
        }
        byte[] even = Arrays.copyOf(bytes, bytes.length + 1);
        even[bytes.length] = vr.padding();
        return even;
    }

    private static String delimiters(VR vr) {
        if (vr == VR.PN) {
            return "\\^=";
        }
        return vr.isSingleText() ? "" : "\\";
    }

    private static String trimEnd(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == 0)) {
            end--;
        }
        return text.substring(0, end);
    }

    private static String trimStart(String text) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == ' ') {
            start++;
        }
        return text.substring(start);
    }

    /** A value for a message: without line breaks and not longer than a line. */
    private static String printable(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 40 ? line : line.substring(0, 40) + "...";
    }

    private static DicomException missing(int tag) {
        return new DicomException(tag, "absent or empty");
    }

    /** Equal when the same tags have equal VRs and values; where a value is kept makes no difference. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataSet set && elements.equals(set.elements);
    }

    @Override
    public int hashCode() {
        return elements.hashCode();
    }

    /** The tags with their VRs, never a value: logs must not carry patient data. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("DataSet");
        elements.forEach(
                (tag, element) -> text.append(' ').append(Tag.toString(tag)).append(element.vr));
        return text.toString();
    }

    record Element(VR vr, Content content) {}
}
