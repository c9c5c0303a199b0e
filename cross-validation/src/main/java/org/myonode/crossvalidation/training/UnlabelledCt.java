package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.myonode.dicom.DicomException;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.VolumeBuilder;
import org.myonode.workers.volume.VolumeOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Axial CT slices of a folder, without labels. */
public final class UnlabelledCt {

    private static final Logger log = LoggerFactory.getLogger(UnlabelledCt.class);

    /** A slice of 512 by 512 takes half a megabyte: no more are held, evenly chosen. */
    private static final int MOST = 600;

    private UnlabelledCt() {}

    /**
     * Reads every CT series below a folder of which a volume can be built; others are logged and left out.
     *
     * @throws IOException when the folder cannot be read, or holds no such series
     */
    public static List<HuSlice> read(Path folder) throws IOException {
        List<ImageHeader> headers = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                try {
                    ImageHeader.read(file).stream()
                            .filter(header -> header.modality().equals("CT"))
                            .forEach(headers::add);
                } catch (IOException | DicomException e) {
                    log.debug("{} is left out: {}", file, e.getMessage());
                }
            }
        }
        List<HuSlice> slices = new ArrayList<>();
        headers.stream()
                .collect(Collectors.groupingBy(ImageHeader::seriesUid, TreeMap::new, Collectors.toList()))
                .forEach((series, images) -> {
                    VolumeOutcome outcome = VolumeBuilder.build(images);
                    if (outcome instanceof VolumeOutcome.Built built) {
                        for (int k = 0; k < built.volume().depth(); k++) {
                            slices.add(built.volume().slice(k));
                        }
                    } else {
                        log.warn("series {} is left out: {}", series, ((VolumeOutcome.Refused) outcome).reason());
                    }
                });
        if (slices.isEmpty()) {
            throw new IOException(folder + " holds no CT series of which a volume can be built");
        }
        if (slices.size() <= MOST) {
            return slices;
        }
        List<HuSlice> chosen = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            chosen.add(slices.get((int) ((long) i * slices.size() / MOST)));
        }
        return chosen;
    }
}
