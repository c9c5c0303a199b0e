package org.myonode.crossvalidation.contours;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.myonode.dicom.DicomException;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.SourceGrid;
import org.myonode.workers.volume.VolumeBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CT images that contours may have been drawn on, found by SOP Instance UID or by where they lie, never by order.
 *
 * @param headers SOP Instance UID to header
 */
public record CtImages(Map<String, ImageHeader> headers) {

    private static final Logger log = LoggerFactory.getLogger(CtImages.class);

    /** A contour and its image lie in one plane when they are this close: what writers round, not a slice. */
    static final double SAME_PLANE_MM = 0.5;

    /** Keeps its own copy. */
    public CtImages {
        headers = Map.copyOf(headers);
    }

    /** Those among some files; what is no single-frame CT image with geometry is left out. */
    public static CtImages of(List<Path> files) {
        Map<String, ImageHeader> headers = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                List<ImageHeader> frames = ImageHeader.read(file);
                ImageHeader header = frames.get(0);
                if (frames.size() == 1
                        && header.modality().equals("CT")
                        && ImagePlane.of(header).isPresent()) {
                    headers.putIfAbsent(header.sopInstanceUid(), header);
                }
            } catch (IOException | DicomException e) {
                log.debug("{} is left out: {}", file.getFileName(), e.getMessage());
            }
        }
        return new CtImages(headers);
    }

    /** All below a folder. */
    public static CtImages below(Path folder) throws IOException {
        if (Files.isRegularFile(folder)) {
            return of(List.of(folder));
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return of(walk.filter(Files::isRegularFile).sorted().toList());
        }
    }

    /** The image of a SOP Instance UID. */
    public Optional<ImageHeader> image(String sopInstanceUid) {
        return Optional.ofNullable(headers.get(sopInstanceUid));
    }

    /**
     * The images whose plane is that of a point, in one frame of reference; more than one when a study holds several
     * series there.
     *
     * @param frameOfReferenceUid empty when it is not known
     */
    public List<ImageHeader> at(double[] point, String frameOfReferenceUid) {
        return headers.values().stream()
                .filter(image -> frameOfReferenceUid.isEmpty()
                        || image.frameOfReferenceUid().isEmpty()
                        || image.frameOfReferenceUid().equals(frameOfReferenceUid))
                .filter(image -> Math.abs(ImagePlane.of(image).orElseThrow().pixelOf(point[0], point[1], point[2])[2])
                        <= SAME_PLANE_MM)
                .sorted(java.util.Comparator.comparing(ImageHeader::sopInstanceUid))
                .toList();
    }

    /**
     * The values of an image in canonical orientation.
     *
     * @throws IOException when it cannot be read or decoded; the message names the file
     */
    public static HuSlice values(ImageHeader image) throws IOException {
        try {
            return VolumeBuilder.single(image);
        } catch (DicomException e) {
            throw new IOException(image.file() + ": " + e.getMessage(), e);
        }
    }

    /** How the pixels of an image lie in canonical orientation. */
    public static SourceGrid grid(ImageHeader image) {
        return SourceGrid.of(image.rows(), image.columns(), image.orientation().orElseThrow());
    }
}
