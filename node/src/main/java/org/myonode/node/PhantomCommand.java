package org.myonode.node;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "phantom",
        mixinStandardHelpOptions = true,
        description = {
            "Writes PET-CT studies of computed bodies with known truth: CT and PET as DICOM, truth.json, the true mask at"
                    + " L3 as PNG and all labels as NIfTI.",
            "Equal seeds give equal files."
        })
final class PhantomCommand implements Callable<Integer> {

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "one folder for each study is made in it")
    private Path out;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "of the first study (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--studies", paramLabel = "N", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    private int studies;

    @Option(
            names = "--coverage",
            defaultValue = "WHOLE_BODY",
            description = "part of the body: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private StudyOptions.Coverage coverage;

    @Option(names = "--small", description = "256 x 256 pixels and 5 mm slices, for quick trials")
    private boolean small;

    @Override
    public Integer call() throws Exception {
        if (studies < 1) {
            throw new ConfigurationException("--studies: " + studies + " must be at least 1");
        }
        StudyOptions options = (small ? StudyOptions.small() : StudyOptions.clinical()).covering(coverage);
        for (int i = 0; i < studies; i++) {
            Path directory = out.resolve("phantom-" + (seed + i));
            PhantomStudy study;
            try (Bar bar = new Bar("Phantom " + (seed + i), 100, "%")) {
                study = PhantomStudy.write(directory, seed + i, options, bar::to);
            }
            String l3 = study.truth().l3MidSlice().isPresent()
                    ? String.format(
                            Locale.ROOT,
                            "L3 at slice %d, muscle %.1f cm²",
                            study.truth().l3MidSlice().getAsInt(),
                            study.truth()
                                    .muscleAreaCm2()
                                    .get(study.truth().l3MidSlice().getAsInt()))
                    : "without L3";
            System.out.printf(
                    "%s: %d CT and %d PET images, %s%n",
                    directory, study.ctFiles().size(), study.petFiles().size(), l3);
        }
        return Main.OK;
    }
}
