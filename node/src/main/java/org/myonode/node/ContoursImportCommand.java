package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.ContourOutcome;
import org.myonode.crossvalidation.contours.ContourReader;
import org.myonode.crossvalidation.contours.ContourRule;
import org.myonode.crossvalidation.contours.ContourStore;
import org.myonode.crossvalidation.contours.CtImages;
import org.myonode.crossvalidation.contours.ImagePlane;
import org.myonode.crossvalidation.contours.SlicePicture;
import org.myonode.db.ContourReceipt;
import org.myonode.db.Database;
import org.myonode.db.ExpertContours;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Stores contours from RT structure sets, segmentations and NIfTI label volumes with the CT slices they were"
                    + " drawn on, and draws a picture of each to check.",
            "A contour lies on the image that it names, else on the one in its plane; when the geometry does not agree"
                    + " it is refused with the reason. One that comes again changed is a new version.",
            "Ends with 3 when anything was refused."
        })
final class ContoursImportCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "RT structure sets, segmentations, .nii or .nii.gz")
    private List<Path> files = List.of();

    @Option(
            names = "--ct",
            required = true,
            paramLabel = "DIR",
            description = "the CT images that were drawn on, other files among them")
    private Path ct;

    @Option(
            names = "--observer",
            required = true,
            paramLabel = "NAME",
            description = "who drew; $1 stands for a group of the --roi pattern")
    private String observer = "";

    @Option(
            names = "--structure",
            paramLabel = "NAME",
            defaultValue = "muscle",
            description = "what was drawn (default: ${DEFAULT-VALUE})")
    private String structure = "";

    @Option(
            names = "--roi",
            paramLabel = "PATTERN",
            defaultValue = ".*",
            description = "ROI names, segment labels or NIfTI file names to take (default: all)")
    private String roi = "";

    @Option(
            names = "--pictures",
            paramLabel = "DIR",
            description = "where pictures of the contours go, one for each (default: none)")
    private @Nullable Path pictures;

    @Option(names = "--dry-run", description = "read, check and draw, but store nothing; no database is needed")
    private boolean dryRun;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration (default: the defaults)")
    private @Nullable Path config;

    @Override
    public Integer call() throws IOException {
        if (!Files.exists(ct)) {
            throw new ConfigurationException("--ct: " + ct + " does not exist");
        }
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new ConfigurationException(file + " does not exist");
            }
        }
        ContourRule rule;
        try {
            rule = ContourRule.of(roi, "", "", observer, structure);
        } catch (PatternSyntaxException e) {
            throw new ConfigurationException("--roi: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("--observer, --structure: " + e.getMessage(), e);
        }
        CtImages images = CtImages.below(ct);
        if (images.headers().isEmpty()) {
            throw new ConfigurationException("--ct: no CT image with geometry below " + ct);
        }
        if (dryRun) {
            return take(new ContourReader(List.of(rule), ""), images, null);
        }
        NodeConfig node = config == null ? NodeConfig.ofDefaults() : NodeConfig.read(config);
        Files.createDirectories(node.storage().directory());
        Clock clock = Clock.systemDefaultZone();
        try (Database database = Database.openBeside(Node.databaseConfig(node), clock)) {
            return take(
                    new ContourReader(List.of(rule), ""),
                    images,
                    new ContourStore(new ExpertContours(database, clock), clock));
        }
    }

    private int take(ContourReader reader, CtImages images, @Nullable ContourStore store) throws IOException {
        int taken = 0;
        int refused = 0;
        for (Path file : files) {
            for (ContourOutcome outcome : reader.read(file, images)) {
                if (outcome instanceof ContourOutcome.Read read) {
                    ContourReceipt receipt = store == null ? null : store.store(read, file, "imported from a file");
                    if (receipt instanceof ContourReceipt.Refused) {
                        refused++;
                    } else {
                        taken++;
                    }
                    System.out.println(
                            receipt == null
                                    ? "would store " + ContourStore.describe(read, new ContourReceipt.Stored(1))
                                    : ContourStore.describe(read, receipt));
                    if (pictures != null) {
                        System.out.println("  picture " + picture(pictures, read));
                    }
                } else {
                    refused++;
                    System.out.println(file.getFileName() + ", " + outcome.drawing() + ": " + reason(outcome));
                }
            }
        }
        System.out.printf("%d contours %s, %d not%n", taken, store == null ? "fit" : "stored", refused);
        return refused == 0 && taken > 0 ? Main.OK : Main.EXPECTED_NO;
    }

    private static String reason(ContourOutcome outcome) {
        if (outcome instanceof ContourOutcome.Refused refused) {
            return "refused: " + refused.reason();
        }
        return outcome instanceof ContourOutcome.Waiting waiting
                ? "refused: " + waiting.reason()
                : "left aside: " + ((ContourOutcome.Ignored) outcome).reason();
    }

    private static Path picture(Path folder, ContourOutcome.Read read) throws IOException {
        Files.createDirectories(folder);
        String name = (read.image().sopInstanceUid() + "_" + read.structure() + "_" + read.observer())
                .replaceAll("[^A-Za-z0-9._-]", "-");
        Path file = folder.resolve(name + ".png");
        Files.write(
                file,
                SlicePicture.png(
                        CtImages.values(read.image()),
                        List.of(new SlicePicture.Layer(
                                read.structure() + " by " + read.observer(), read.mask(), SlicePicture.ORANGE)),
                        List.of(String.format(
                                Locale.ROOT,
                                "%.2f cm\u00b2 in pixels, %.2f cm\u00b2 drawn, z %.1f mm",
                                read.areaCm2(),
                                read.polygonAreaCm2(),
                                ImagePlane.of(read.image()).orElseThrow().zMm())),
                        900));
        return file;
    }
}
