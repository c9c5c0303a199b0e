package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of files by another toolkit: it asks for nothing that only ours could do. */
final class PixelMedPartTenTest extends PartTenContract {
    private static final Path PIXELMED = Path.of("/usr/share/java/pixelmed.jar");

    @TempDir
    static Path folder;

    private static FileToolkit pixelMed;

    @BeforeAll
    static void compile() throws Exception {
        assumeTrue(Files.isRegularFile(PIXELMED), "libpixelmed-java is not installed");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "this Java has no compiler");
        Path source = folder.resolve("PixelMedToolkit.java");
        try (InputStream in = PixelMedPartTenTest.class.getResourceAsStream("PixelMedToolkit.txt")) {
            Files.write(source, in.readAllBytes());
        }
        StringWriter problems = new StringWriter();
        boolean compiled = compiler.getTask(
                        problems,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-cp",
                                PIXELMED + File.pathSeparator + System.getProperty("java.class.path"),
                                "-d",
                                folder.toString()),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                .call();
        assertThat(compiled).as(problems.toString()).isTrue();
        URL[] path = {folder.toUri().toURL(), PIXELMED.toUri().toURL()};
        pixelMed = (FileToolkit) new URLClassLoader(path, PixelMedPartTenTest.class.getClassLoader())
                .loadClass("org.myonode.dicom.contract.PixelMedToolkit")
                .getConstructor()
                .newInstance();
    }

    @Override
    protected FileToolkit toolkit() {
        return pixelMed;
    }

    /** PixelMed of 2022 writes question marks. */
    @Override
    protected boolean codeExtensions() {
        return false;
    }

    /** It prints the error and gives the attributes before it. */
    @Override
    protected boolean refusesDamage() {
        return false;
    }
}
