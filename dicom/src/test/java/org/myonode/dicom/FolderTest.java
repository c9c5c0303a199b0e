package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Reads every DICOM file below a folder of the reader's choice: {@code -Dmyonode.dicom.folder=FOLDER}. */
@EnabledIfSystemProperty(named = "myonode.dicom.folder", matches = ".+")
class FolderTest {
    @Test
    void everyFileIsReadWrittenAndReadEqual() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(Path.of(System.getProperty("myonode.dicom.folder")))) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        int read = 0;
        for (Path file : files) {
            DicomFile once;
            try {
                once = Part10.read(file);
            } catch (DicomException e) {
                assertThat(e).as("%s", file).hasMessageStartingWith("not a DICOM file");
                continue;
            }
            byte[] bytes = Part10Test.bytes(once);
            DicomFile twice = Part10.read(new ByteArrayInputStream(bytes));
            assertThat(Part10Test.bytes(twice)).as("%s", file).isEqualTo(bytes);
            read++;
        }
        assertThat(read).isPositive();
        System.out.println(read + " DICOM files of " + files.size());
    }
}
