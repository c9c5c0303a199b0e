package org.myonode.workers.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.myonode.dicom.DicomException;

/**
 * The headers of all files of a study, and the files that have none.
 *
 * @param images the readable images, each once, ordered by SOP Instance UID; of a multi-frame instance each frame
 * @param unreadable why each of the other files was left aside
 */
public record StudyHeaders(List<ImageHeader> images, Map<Path, String> unreadable) {

    /** Keeps its own copies. */
    public StudyHeaders {
        images = List.copyOf(images);
        unreadable = Map.copyOf(unreadable);
    }

    /** Reads the headers of these files; a file that cannot be read is reported, not thrown. */
    public static StudyHeaders read(Collection<Path> files) {
        Map<String, ImageHeader> images = new java.util.TreeMap<>();
        Map<Path, String> unreadable = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                for (ImageHeader image : ImageHeader.read(file)) {
                    images.putIfAbsent(image.name(), image);
                }
            } catch (IOException | DicomException e) {
                unreadable.put(file, String.valueOf(e.getMessage()));
            }
        }
        return new StudyHeaders(new ArrayList<>(images.values()), unreadable);
    }
}
