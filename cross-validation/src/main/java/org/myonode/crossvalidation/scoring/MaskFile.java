package org.myonode.crossvalidation.scoring;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.CtImages;
import org.myonode.crossvalidation.contours.ImagePlane;
import org.myonode.crossvalidation.contours.Nifti;
import org.myonode.crossvalidation.contours.PolygonFill;
import org.myonode.crossvalidation.contours.SegFrames;
import org.myonode.crossvalidation.contours.StructureSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/**
 * The mask of one slice, read from a DICOM SEG, an RT structure set with the CT it was drawn on, a NIfTI volume, or a
 * PNG whose pixels other than 0 are inside. Of several slices in a file the one that is not empty is taken.
 *
 * @param mask the mask
 * @param spacing distance of rows and columns, where the file states it; a PNG does not
 * @param plane where the slice lies in the patient, where the file says so
 */
public record MaskFile(Mask mask, Optional<Spacing> spacing, Optional<ImagePlane> plane) {

    /** Distance of the centres of neighbouring rows and columns, in millimetres. */
    public record Spacing(double rowMm, double columnMm) {}

    /**
     * Where to look in files that hold more than one mask.
     *
     * @param structure ROI name or segment label; null when there is only one
     * @param image SOP Instance UID of the image; null when only one is drawn on
     * @param ct images that an RT structure set was drawn on; null without
     */
    public record Choice(
            @Nullable String structure,
            @Nullable String image,
            @Nullable CtImages ct) {

        /** No choice: the file holds one mask. */
        public static final Choice ONLY = new Choice(null, null, null);
    }

    /**
     * Reads by what the name ends with: {@code .nii}, {@code .nii.gz}, {@code .png}, otherwise DICOM.
     *
     * @throws IOException naming the file when it is none of these, or does not hold exactly one mask
     */
    public static MaskFile read(Path file) throws IOException {
        return read(file, Choice.ONLY);
    }

    /** As above, with a choice for files that hold more. */
    public static MaskFile read(Path file, Choice choice) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " does not exist");
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".nii") || name.endsWith(".nii.gz")) {
            return nifti(file);
        }
        if (name.endsWith(".png")) {
            return png(file);
        }
        try {
            DicomFile dicom = Part10.read(file);
            if (dicom.sopClassUid().equals(UID.SegmentationStorage)) {
                return seg(file, SegFrames.of(dicom), choice);
            }
            if (dicom.sopClassUid().equals(UID.RTStructureSetStorage)) {
                return structures(file, StructureSet.of(dicom), choice);
            }
            throw new IOException(
                    file + " is neither a segmentation nor an RT structure set but " + UID.nameOf(dicom.sopClassUid()));
        } catch (DicomException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static MaskFile nifti(Path file) throws IOException {
        Nifti volume = Nifti.read(file);
        List<Integer> drawn = new ArrayList<>();
        for (int z = 0; z < volume.depth(); z++) {
            if (!mask(volume, z).isEmpty()) {
                drawn.add(z);
            }
        }
        if (drawn.size() > 1 || (drawn.isEmpty() && volume.depth() > 1)) {
            throw new IOException(file + " has " + drawn.size() + " slices with a mask, expected one");
        }
        int z = drawn.isEmpty() ? 0 : drawn.get(0);
        return new MaskFile(
                mask(volume, z),
                Optional.of(new Spacing(volume.rowSpacingMm(), volume.columnSpacingMm())),
                volume.axisAligned() ? Optional.of(volume.plane(z)) : Optional.empty());
    }

    private static Mask mask(Nifti volume, int z) {
        float[] values = volume.slice(z);
        boolean[] pixels = new boolean[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = values[i] > 0;
        }
        return new Mask(volume.rows(), volume.columns(), pixels);
    }

    private static MaskFile png(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + " is no PNG that can be read");
        }
        Raster raster = image.getRaster();
        int colours = Math.min(3, raster.getNumBands());
        boolean[] pixels = new boolean[image.getWidth() * image.getHeight()];
        for (int row = 0; row < image.getHeight(); row++) {
            for (int column = 0; column < image.getWidth(); column++) {
                boolean inside = false;
                for (int band = 0; band < colours; band++) {
                    inside |= raster.getSample(column, row, band) != 0;
                }
                pixels[row * image.getWidth() + column] = inside;
            }
        }
        return new MaskFile(new Mask(image.getHeight(), image.getWidth(), pixels), Optional.empty(), Optional.empty());
    }

    private static MaskFile seg(Path file, SegFrames seg, Choice choice) throws IOException {
        Map<Integer, String> wanted = new LinkedHashMap<>(seg.segments());
        if (choice.structure() != null) {
            wanted.values().removeIf(label -> !label.equals(choice.structure()));
            if (wanted.isEmpty()) {
                throw new IOException(file + " has no segment " + choice.structure() + " but "
                        + seg.segments().values());
            }
        } else if (wanted.size() > 1) {
            throw new IOException(file + " has " + wanted.size() + " segments, say which with --roi: "
                    + seg.segments().values());
        }
        List<SegFrames.Frame> frames = seg.frames().stream()
                .filter(frame -> wanted.isEmpty() || wanted.containsKey(frame.segment()))
                .filter(frame -> choice.image() == null
                        || frame.source().filter(choice.image()::equals).isPresent())
                .toList();
        List<SegFrames.Frame> drawn =
                frames.stream().filter(frame -> !frame.mask().isEmpty()).toList();
        if (drawn.size() > 1 || frames.isEmpty() || (drawn.isEmpty() && frames.size() > 1)) {
            throw new IOException(file + " has " + drawn.size() + " slices with a mask, expected one"
                    + (drawn.size() > 1 ? ": say which image with --slice" : ""));
        }
        SegFrames.Frame frame = drawn.isEmpty() ? frames.get(0) : drawn.get(0);
        return new MaskFile(frame.mask(), frame.spacing().map(mm -> new Spacing(mm[0], mm[1])), frame.plane());
    }

    private static MaskFile structures(Path file, StructureSet set, Choice choice) throws IOException {
        CtImages ct = choice.ct();
        if (ct == null) {
            throw new IOException(file + " is an RT structure set: say with --ct on which images it was drawn");
        }
        List<StructureSet.Roi> rois = set.rois().stream()
                .filter(roi -> choice.structure() == null
                        ? !roi.contours().isEmpty()
                        : roi.name().equals(choice.structure()))
                .toList();
        if (rois.size() != 1) {
            throw new IOException(file + " has " + rois.size() + " ROIs that fit, say which with --roi: "
                    + set.rois().stream().map(StructureSet.Roi::name).toList());
        }
        StructureSet.Roi roi = rois.get(0);
        Map<String, List<double[][]>> bySlice = new LinkedHashMap<>();
        for (StructureSet.Contour contour : roi.contours()) {
            ImageHeader image = image(file, contour, roi, ct, choice.image());
            if (choice.image() != null && !image.sopInstanceUid().equals(choice.image())) {
                continue;
            }
            StructureSet.OnPlane on = contour.on(ImagePlane.of(image).orElseThrow());
            if (on.farthestMm() > 0.5) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "%s: a contour of %s lies %.2f mm off the plane of its image %s",
                        file,
                        roi.name(),
                        on.farthestMm(),
                        image.sopInstanceUid()));
            }
            bySlice.computeIfAbsent(image.sopInstanceUid(), uid -> new ArrayList<>())
                    .add(on.corners());
        }
        if (bySlice.size() != 1) {
            throw new IOException(file + " has contours of " + roi.name() + " on " + bySlice.size()
                    + " images, expected one" + (bySlice.size() > 1 ? ": say which with --slice" : ""));
        }
        ImageHeader image = ct.image(bySlice.keySet().iterator().next()).orElseThrow();
        ImagePlane plane = ImagePlane.of(image).orElseThrow();
        return new MaskFile(
                PolygonFill.evenOdd(bySlice.values().iterator().next(), plane.rows(), plane.columns()),
                Optional.of(new Spacing(plane.rowMm(), plane.columnMm())),
                Optional.of(plane));
    }

    private static ImageHeader image(
            Path file, StructureSet.Contour contour, StructureSet.Roi roi, CtImages ct, @Nullable String wanted)
            throws IOException {
        if (contour.sopInstanceUid().isPresent()) {
            String uid = contour.sopInstanceUid().get();
            return ct.image(uid)
                    .orElseThrow(() -> new IOException(
                            file + ": the image " + uid + " that a contour refers to is not among the CT images"));
        }
        List<ImageHeader> images = ct.at(contour.points()[0], roi.frameOfReferenceUid()).stream()
                .filter(image -> wanted == null || image.sopInstanceUid().equals(wanted))
                .toList();
        if (images.size() != 1) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: %d CT images lie at z %.2f mm, where a contour names none",
                    file,
                    images.size(),
                    contour.points()[0][2]));
        }
        return images.get(0);
    }

    /**
     * This mask on the grid of another file, where both say where they lie; otherwise as it is.
     *
     * @throws IOException when the grids do not fit
     */
    public Mask onGridOf(MaskFile other) throws IOException {
        if (plane.isEmpty() || other.plane().isEmpty()) {
            return mask;
        }
        // The slice may be another one, which is told by l3OffsetMm; the grid within it must be the same.
        ImagePlane own = plane.get();
        ImagePlane target = other.plane().get();
        double offset = target.distanceTo(own);
        double[] normal = target.normal();
        List<Double> position = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            position.add(own.position().get(i) - offset * normal[i]);
        }
        ImagePlane moved =
                new ImagePlane(own.rows(), own.columns(), own.rowMm(), own.columnMm(), position, own.orientation());
        ImagePlane.Placed placed = target.place(mask, moved);
        if (placed instanceof ImagePlane.Placed.On on) {
            return on.mask();
        }
        throw new IOException("the test mask does not fit: " + ((ImagePlane.Placed.Refused) placed).reason());
    }
}
