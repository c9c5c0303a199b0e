package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API is what deploy/adr/0013-dicom-api.md lists: no type joins it unseen. */
class PublicTypesTest {
    private static final Pattern CODE = Pattern.compile("`([A-Za-z0-9]+)`");

    @ParameterizedTest
    @ValueSource(strings = {"org.myonode.dicom", "org.myonode.dicom.net", "org.myonode.dicom.web"})
    void publicTypesAreTheListedOnes(String name) throws Exception {
        assertThat(publicTypes(name)).isEqualTo(listed(name));
    }

    private static Set<String> publicTypes(String name) throws Exception {
        Path classes = Path.of(
                Part10.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Set<String> types = new TreeSet<>();
        try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
            for (Path file : files.toList()) {
                String type = file.getFileName().toString().replaceFirst("\\.class$", "");
                if (file.toString().endsWith(".class")
                        && !type.contains("$")
                        && !type.equals("package-info")
                        && Modifier.isPublic(
                                Class.forName(name + "." + type, false, PublicTypesTest.class.getClassLoader())
                                        .getModifiers())) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    private static Set<String> listed(String name) throws IOException {
        String row = Files.readAllLines(Path.of("../deploy/adr/0013-dicom-api.md")).stream()
                .filter(line -> line.startsWith("| `" + name + "` |"))
                .findFirst()
                .orElseThrow();
        return CODE.matcher(row.split("\\|")[3])
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
