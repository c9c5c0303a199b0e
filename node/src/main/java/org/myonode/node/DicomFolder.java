package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;

/**
 * The DICOM files below a folder, in the order of their names, and what else lies there.
 *
 * @param files readable Part 10 files
 * @param refused one line for each other file: its name and why it is none
 */
record DicomFolder(List<Path> files, List<String> refused) {

    DicomFolder {
        files = List.copyOf(files);
        refused = List.copyOf(refused);
    }

    /**
     * Looks at the header of every file.
     *
     * @throws ConfigurationException when there is no such folder or no DICOM file in it
     */
    static DicomFolder scan(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            throw new ConfigurationException(folder + " does not exist");
        }
        List<Path> files = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
                if (file.getFileName().toString().equals("DICOMDIR")) {
                    continue;
                }
                try {
                    Part10.readHeader(file);
                    files.add(file);
                } catch (DicomException | IOException e) {
                    refused.add(folder.relativize(file) + ": " + e.getMessage());
                }
            }
        }
        if (files.isEmpty()) {
            throw new ConfigurationException(folder + " holds no DICOM file"
                    + (refused.isEmpty() ? "" : "; the first of " + refused.size() + " others: " + refused.get(0)));
        }
        return new DicomFolder(files, refused);
    }
}
