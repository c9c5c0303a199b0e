package org.myonode.workers.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;

/**
 * Stacks the axial images of one CT series into a regular grid (PS3.3 C.7.6.2.1.1 for positions, C.7.5.1.1.2 for
 * padding, C.11.1 for the rescaling to Hounsfield units).
 *
 * <p>Slices are ordered by their position along the body, never by instance number or file name. Whatever would make
 * a length or an area wrong is refused with the place of the trouble: a missing slice, two different images at one
 * position, a tilted gantry, mixed matrices or spacings, values that are no Hounsfield units. Identical images at one
 * position count once.
 *
 * <p>Only the values of one image per thread are held beside the volume itself, two bytes for each voxel.
 */
public final class VolumeBuilder {

    /** A tilt below this is the rounding of an upright gantry. */
    private static final double TILT_DEGREES = 0.2;

    /** The tilt that the shear of the positions tells, where the header says none: one voxel in a whole-body scan. */
    private static final double SHEAR_DEGREES = 0.5;

    /** Further from the body axis than this the slices are oblique, and z is no height any more. */
    private static final double OBLIQUE_DEGREES = 5;

    private static final double SAME_POSITION_MM = 0.01;

    /** How much a distance between slices may differ from the usual one: rounded table positions, not a gap. */
    private static final double SPACING_TOLERANCE = 0.05;

    private static final double SPACING_TOLERANCE_MM = 0.05;

    /** Some of the air around or inside the patient lies below this in every CT that is in Hounsfield units. */
    private static final int SURELY_AIR_HU = -500;

    private VolumeBuilder() {}

    /**
     * Builds the volume of one series.
     *
     * @param images the axial images of one series, in any order, pixels not yet read
     */
    public static VolumeOutcome build(List<ImageHeader> images) {
        if (images.size() < SeriesChoice.MINIMUM_SLICES) {
            return new VolumeOutcome.Refused(images.size() + (images.size() == 1 ? " slice" : " slices") + ", at least "
                    + SeriesChoice.MINIMUM_SLICES + " are needed");
        }
        Optional<String> objection = mixed(images).or(() -> tilted(images));
        if (objection.isPresent()) {
            return new VolumeOutcome.Refused(objection.get());
        }
        List<ImageHeader> stack = new ArrayList<>(images);
        stack.sort(Comparator.comparingDouble(VolumeBuilder::height).thenComparing(ImageHeader::name));

        List<String> notes = new ArrayList<>();
        Optional<String> clash = dropRepeated(stack, notes);
        if (clash.isPresent()) {
            return new VolumeOutcome.Refused(clash.get());
        }
        Optional<String> gap = irregular(stack);
        if (gap.isPresent()) {
            return new VolumeOutcome.Refused(gap.get());
        }
        return read(stack, notes);
    }

    private static double height(ImageHeader image) {
        return image.heightMm().orElse(Double.NaN);
    }

    private static Optional<String> mixed(List<ImageHeader> images) {
        ImageHeader first = images.get(0);
        for (ImageHeader image : images) {
            if (image.position().isEmpty() || image.orientation().isEmpty()) {
                return Optional.of("an image without position or orientation: " + image.name());
            }
            if (image.pixelSpacing().isEmpty()
                    || image.pixelSpacing().get().stream().anyMatch(spacing -> !(spacing > 0))) {
                return Optional.of("an image without pixel spacing: " + image.name());
            }
            if (image.rows() < 1 || image.columns() < 1) {
                return Optional.of("an image without rows or columns: " + image.name());
            }
        }
        for (ImageHeader image : images) {
            String at = String.format(Locale.ROOT, " at z %.2f mm", height(image));
            if (image.rows() != first.rows() || image.columns() != first.columns()) {
                return Optional.of("mixed matrices: " + image.rows() + "x" + image.columns() + at + " among "
                        + first.rows() + "x" + first.columns());
            }
            if (differ(image.pixelSpacing().orElseThrow(), first.pixelSpacing().orElseThrow(), 1e-3)) {
                return Optional.of(
                        "mixed pixel spacings: " + image.pixelSpacing().orElseThrow() + at + " among "
                                + first.pixelSpacing().orElseThrow());
            }
            if (differ(image.orientation().orElseThrow(), first.orientation().orElseThrow(), 1e-3)) {
                return Optional.of("mixed orientations: " + image.orientation().orElseThrow() + at + " among "
                        + first.orientation().orElseThrow());
            }
            if (!image.frameOfReferenceUid().equals(first.frameOfReferenceUid())) {
                return Optional.of("mixed frames of reference" + at);
            }
        }
        return Optional.empty();
    }

    private static boolean differ(List<Double> one, List<Double> other, double tolerance) {
        for (int i = 0; i < one.size(); i++) {
            if (Math.abs(one.get(i) - other.get(i)) > tolerance) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> tilted(List<ImageHeader> images) {
        for (ImageHeader image : images) {
            double tilt = Math.abs(image.gantryTiltDegrees().orElse(0));
            if (tilt > TILT_DEGREES) {
                return Optional.of(String.format(Locale.ROOT, "gantry tilted by %.1f degrees", tilt));
            }
        }
        double[] normal = images.get(0).normal().orElseThrow();
        ImageHeader lowest = images.stream()
                .min(Comparator.comparingDouble(VolumeBuilder::height))
                .orElseThrow();
        ImageHeader highest = images.stream()
                .max(Comparator.comparingDouble(VolumeBuilder::height))
                .orElseThrow();
        double rise = height(highest) - height(lowest);
        double aside = aside(lowest, highest, normal);
        // Between upright slices the first pixel moves along the normal only; with a tilted gantry it slides sideways.
        double shear = Math.toDegrees(Math.atan2(aside, rise));
        if (aside > 1 && shear > SHEAR_DEGREES) {
            return Optional.of(
                    String.format(Locale.ROOT, "slices slide sideways as with a gantry tilted by %.1f degrees", shear));
        }
        double oblique = Math.toDegrees(Math.acos(Math.min(1, Math.abs(normal[2]))));
        if (oblique > OBLIQUE_DEGREES) {
            return Optional.of(String.format(Locale.ROOT, "slices are oblique by %.1f degrees", oblique));
        }
        for (ImageHeader image : images) {
            double expected = rise <= 0 ? 0 : aside * (height(image) - height(lowest)) / rise;
            if (Math.abs(aside(lowest, image, normal) - expected) > 1) {
                return Optional.of(String.format(Locale.ROOT, "slice shifted sideways at z %.2f mm", height(image)));
            }
        }
        return Optional.empty();
    }

    private static double aside(ImageHeader from, ImageHeader to, double[] normal) {
        double[] step = new double[3];
        double along = 0;
        for (int axis = 0; axis < 3; axis++) {
            step[axis] = to.position().orElseThrow().get(axis)
                    - from.position().orElseThrow().get(axis);
            along += step[axis] * normal[axis];
        }
        double square = 0;
        for (int axis = 0; axis < 3; axis++) {
            double rest = step[axis] - along * normal[axis];
            square += rest * rest;
        }
        return Math.sqrt(square);
    }

    /** Takes the second of two identical images at one position out of the stack; objects to different ones. */
    private static Optional<String> dropRepeated(List<ImageHeader> stack, List<String> notes) {
        int dropped = 0;
        for (int k = stack.size() - 1; k > 0; k--) {
            ImageHeader upper = stack.get(k);
            ImageHeader lower = stack.get(k - 1);
            if (height(upper) - height(lower) > SAME_POSITION_MM) {
                continue;
            }
            String at = String.format(Locale.ROOT, " at z %.2f mm", height(upper));
            try {
                if (!Arrays.equals(hounsfield(upper), hounsfield(lower))) {
                    return Optional.of("two different images" + at);
                }
            } catch (IOException | DicomException e) {
                return Optional.of("image" + at + " cannot be decoded: " + e.getMessage());
            }
            stack.remove(k);
            dropped++;
        }
        if (dropped > 0) {
            notes.add(dropped + " repeated images dropped");
        }
        return Optional.empty();
    }

    private static Optional<String> irregular(List<ImageHeader> stack) {
        double[] steps = IntStream.range(1, stack.size())
                .mapToDouble(k -> height(stack.get(k)) - height(stack.get(k - 1)))
                .toArray();
        if (stack.size() < SeriesChoice.MINIMUM_SLICES) {
            return Optional.of("only " + stack.size() + " different slices, at least " + SeriesChoice.MINIMUM_SLICES
                    + " are needed");
        }
        double[] sorted = steps.clone();
        Arrays.sort(sorted);
        double usual = sorted[sorted.length / 2];
        double tolerance = Math.max(SPACING_TOLERANCE_MM, usual * SPACING_TOLERANCE);
        for (int k = 0; k < steps.length; k++) {
            if (Math.abs(steps[k] - usual) > tolerance) {
                String places = String.format(
                        Locale.ROOT, "between z %.2f and %.2f mm", height(stack.get(k)), height(stack.get(k + 1)));
                double missing = steps[k] / usual - 1;
                if (missing > 0.5 && Math.abs(missing - Math.round(missing)) < 0.2) {
                    return Optional.of(String.format(
                            Locale.ROOT,
                            "gap of %.2f mm %s: %d missing where slices are %.2f mm apart",
                            steps[k],
                            places,
                            Math.round(missing),
                            usual));
                }
                return Optional.of(String.format(
                        Locale.ROOT, "irregular spacing of %.2f mm %s, elsewhere %.2f mm", steps[k], places, usual));
            }
        }
        return Optional.empty();
    }

    private static VolumeOutcome read(List<ImageHeader> stack, List<String> notes) {
        ImageHeader first = stack.get(0);
        SourceGrid grid =
                SourceGrid.of(first.rows(), first.columns(), first.orientation().orElseThrow());
        short[][] hu = new short[stack.size()][];
        byte[][] digests = new byte[stack.size()][];
        @Nullable String[] troubles = new String[stack.size()];
        Map<Path, List<Integer>> byFile = IntStream.range(0, stack.size())
                .boxed()
                .collect(Collectors.groupingBy(k -> stack.get(k).file()));
        byFile.entrySet().parallelStream().forEach(entry -> {
            int at = entry.getValue().get(0);
            try {
                DicomFile file = Part10.read(entry.getKey());
                List<DataSet> frames = Frames.of(file.dataSet());
                short[] stored = PixelData.monochrome16(file);
                for (int k : entry.getValue()) {
                    at = k;
                    ImageHeader image = stack.get(k);
                    short[] source = hounsfield(image, frames.get(image.frame() - 1), stored);
                    digests[k] = digest(image.name(), source);
                    hu[k] = grid.toCanonical(source);
                }
            } catch (IOException | DicomException e) {
                troubles[at] = String.format(
                        Locale.ROOT, "image at z %.2f mm cannot be decoded: %s", height(stack.get(at)), e.getMessage());
            }
        });
        for (String trouble : troubles) {
            if (trouble != null) {
                return new VolumeOutcome.Refused(trouble);
            }
        }
        if (!holdsAir(hu)) {
            return new VolumeOutcome.Refused("no value below " + SURELY_AIR_HU
                    + " HU anywhere: the values are not Hounsfield units (rescale intercept)");
        }
        double spacing = (height(stack.get(stack.size() - 1)) - height(first)) / (stack.size() - 1);
        List<Double> pixel = first.pixelSpacing().orElseThrow();
        CtVolume volume = new CtVolume(
                grid.canonicalRows(),
                grid.canonicalColumns(),
                grid.transposed() ? pixel.get(1) : pixel.get(0),
                grid.transposed() ? pixel.get(0) : pixel.get(1),
                spacing,
                hu,
                stack.stream()
                        .map(image -> new SlicePosition(image.name(), height(image)))
                        .toList());
        return new VolumeOutcome.Built(
                volume, stack, grid, stack.stream().anyMatch(ImageHeader::lossy), combined(stack, digests), notes);
    }

    /**
     * One axial image by itself, in canonical orientation: for contours, which are drawn on images and not on volumes.
     *
     * @throws IOException when the file cannot be read
     * @throws DicomException when it lacks geometry or holds no Hounsfield units
     */
    public static HuSlice single(ImageHeader image) throws IOException {
        Optional<String> objection = mixed(List.of(image));
        if (objection.isPresent()) {
            throw new DicomException(Tag.ImagePositionPatient, objection.get());
        }
        SourceGrid grid =
                SourceGrid.of(image.rows(), image.columns(), image.orientation().orElseThrow());
        List<Double> pixel = image.pixelSpacing().orElseThrow();
        return new HuSlice(
                grid.canonicalRows(),
                grid.canonicalColumns(),
                grid.transposed() ? pixel.get(1) : pixel.get(0),
                grid.transposed() ? pixel.get(0) : pixel.get(1),
                grid.toCanonical(hounsfield(image)));
    }

    private static boolean holdsAir(short[][] hu) {
        for (short[] slice : hu) {
            for (short value : slice) {
                if (value < SURELY_AIR_HU) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The values of an image in Hounsfield units, in the order of its pixels. */
    static short[] hounsfield(ImageHeader image) throws IOException {
        DicomFile file = Part10.read(image.file());
        return hounsfield(image, Frames.of(file.dataSet()).get(image.frame() - 1), PixelData.monochrome16(file));
    }

    /** The same from the header of the frame and the stored values of all frames of the file. */
    private static short[] hounsfield(ImageHeader image, DataSet data, short[] allStored) {
        String photometric = data.text(Tag.PhotometricInterpretation).orElse("MONOCHROME2");
        if (!photometric.equals("MONOCHROME2")) {
            throw new DicomException(Tag.PhotometricInterpretation, photometric + " is no CT");
        }
        double slope = data.decimal(Tag.RescaleSlope).orElse(1);
        double intercept = data.decimal(Tag.RescaleIntercept)
                .orElseThrow(() -> new DicomException(Tag.RescaleIntercept, "absent, no Hounsfield units without it"));
        String type = data.text(Tag.RescaleType).orElse("HU");
        if (!type.equals("HU") && !type.equals("US")) {
            throw new DicomException(Tag.RescaleType, type + " is not HU");
        }
        boolean signed = data.integer(Tag.PixelRepresentation).orElse(0) == 1;
        short[] stored = Frames.values(image, allStored);
        OptionalInt padding = data.integer(Tag.PixelPaddingValue);
        OptionalInt limit = data.integer(Tag.PixelPaddingRangeLimit);
        int low =
                padding.isEmpty() ? 1 : Math.min(asStored(padding.getAsInt(), signed), limitOf(padding, limit, signed));
        int high =
                padding.isEmpty() ? 0 : Math.max(asStored(padding.getAsInt(), signed), limitOf(padding, limit, signed));
        short[] hu = new short[stored.length];
        for (int i = 0; i < stored.length; i++) {
            int value = signed ? stored[i] : stored[i] & 0xFFFF;
            if (value >= low && value <= high) {
                hu[i] = CtVolume.AIR_HU;
            } else {
                long scaled = Math.round(value * slope + intercept);
                hu[i] = (short) Math.max(CtVolume.AIR_HU, Math.min(Short.MAX_VALUE, scaled));
            }
        }
        return hu;
    }

    private static int limitOf(OptionalInt padding, OptionalInt limit, boolean signed) {
        return asStored(limit.orElse(padding.getAsInt()), signed);
    }

    /** Padding is often written with the other sign than the pixels have; the sixteen bits are what counts. */
    private static int asStored(int value, boolean signed) {
        return signed ? (short) value : value & 0xFFFF;
    }

    private static byte[] digest(String sopInstanceUid, short[] hu) {
        ByteBuffer bytes = ByteBuffer.allocate(hu.length * Short.BYTES);
        bytes.asShortBuffer().put(hu);
        MessageDigest sha = sha256();
        sha.update(sopInstanceUid.getBytes(StandardCharsets.US_ASCII));
        return sha.digest(bytes.array());
    }

    private static String combined(List<ImageHeader> stack, byte[][] digests) {
        MessageDigest sha = sha256();
        IntStream.range(0, stack.size())
                .boxed()
                .sorted(Comparator.comparing(k -> stack.get(k).name()))
                .forEach(k -> sha.update(digests[k]));
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
