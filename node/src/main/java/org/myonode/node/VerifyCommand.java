package org.myonode.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.myonode.workers.verify.Finding;
import org.myonode.workers.verify.Rule;
import org.myonode.workers.verify.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Checks segmentations, reports, structure sets and pictures against each other and against their source images:"
                    + " geometry, figures, references, codes, and what viewers and planning systems ask for.",
            "Ends with 0 when no rule is broken and with 1 otherwise; rules that need an image which is not there are listed"
                    + " as not checked."
        })
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "the objects; images beside them are used too")
    private Path folder;

    @Option(names = "--source", paramLabel = "DIR", description = "the images that the objects were made of")
    private List<Path> sources = List.of();

    @Override
    public Integer call() throws IOException {
        List<Path> files = new ArrayList<>(DicomFolder.scan(folder).files());
        for (Path source : sources) {
            files.addAll(DicomFolder.scan(source).files());
        }
        Verification verification = Verification.ofFiles(files);
        if (verification.objects().isEmpty()) {
            throw new ConfigurationException(folder + " holds no segmentation, report, structure set or picture");
        }
        System.out.println("Checked: " + String.join(", ", verification.objects()));
        for (Rule rule : Rule.values()) {
            List<Finding> broken = verification.findings().stream()
                    .filter(finding -> finding.rule() == rule)
                    .toList();
            if (!broken.isEmpty()) {
                System.out.println("  BROKEN       " + rule.sentence());
                broken.forEach(
                        finding -> System.out.println("               " + finding.object() + ": " + finding.detail()));
            } else if (verification.held().contains(rule)) {
                System.out.println("  ok           " + rule.sentence());
            }
            Set<String> reasons = verification.unknown().getOrDefault(rule, Set.of());
            if (!reasons.isEmpty()) {
                System.out.println("  not checked  " + rule.sentence() + ": " + String.join("; ", reasons));
            }
        }
        long broken =
                verification.findings().stream().map(Finding::rule).distinct().count();
        System.out.printf(
                "%d rules hold, %d are broken, %d were not checked everywhere%n",
                verification.held().size(), broken, verification.unknown().size());
        if (!verification.unknown().isEmpty()) {
            System.out.println("Give the images with --source DIR to have all rules checked.");
        }
        return verification.holds() ? Main.OK : Main.FAILED;
    }
}
