package org.myonode.crossvalidation.commissioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.RealCases;
import org.myonode.workers.locate.L3;
import org.myonode.workers.model.ModelPackage;

/** A model on the public CTs, as numbers and pictures; what is not known of them is said. */
public final class RealReport {

    private RealReport() {}

    /** Slices that are told apart: a subject may be seen in part. */
    private record Group(String subject, boolean weak, boolean seen) {}

    /**
     * A muscle model: a line for each subject, and one more for what of it was kept out of training.
     *
     * @param pictures where every slice is drawn as {@link ErrorPicture} does; null for none
     */
    public static String muscle(ModelPackage model, Path real, @Nullable Path pictures) throws IOException {
        List<RealCases.Muscle> cases = RealCases.muscle(model, real);
        Map<Group, List<RealCases.Muscle>> groups = cases.stream()
                .collect(Collectors.groupingBy(
                        one -> new Group(one.subject(), one.weak(), one.seen()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Model %s, digest %s%n%n%-26s %7s %9s %9s %8s %10s  %s%n",
                model,
                model.sha256().substring(0, 12),
                "subject",
                "slices",
                "at L3",
                "L2 to L4",
                "lowest",
                "area",
                "reference"));
        groups.forEach((group, own) -> {
            List<RealCases.Muscle> central =
                    own.stream().filter(RealCases.Muscle::central).toList();
            List<RealCases.Muscle> scored = central.isEmpty() ? own : central;
            text.append(String.format(
                    Locale.ROOT,
                    "%-26s %7d %9s %9s %8.4f %+9.1f%%  %s%n",
                    group.subject(),
                    own.size(),
                    mean(own.stream().filter(RealCases.Muscle::atL3).toList()),
                    mean(central),
                    scored.stream().mapToDouble(RealCases.Muscle::dice).min().orElseThrow(),
                    100.0 * (pixels(scored, true) - pixels(scored, false)) / pixels(scored, false),
                    (group.weak() ? "another model's: no truth" : "drawn")
                            + (group.seen() ? "; learnt from: fit, not accuracy" : "; never seen")));
        });
        text.append("\nDice means, area error over the same slices; - where no slice is known to show it.\n"
                + "Not for primary diagnosis.\n");
        if (pictures != null) {
            Files.createDirectories(pictures);
            for (RealCases.Muscle one : cases) {
                ErrorPicture.write(
                        pictures.resolve(String.format(
                                Locale.ROOT, "%s_%.2f_dice-%.3f.png", one.subject(), one.zMm(), one.dice())),
                        one.slice().columns(),
                        one.slice().hu(),
                        one.truth().pixels(),
                        one.found().pixels());
            }
        }
        return text.toString();
    }

    private static String mean(List<RealCases.Muscle> some) {
        return some.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.4f",
                        some.stream()
                                .mapToDouble(RealCases.Muscle::dice)
                                .average()
                                .orElseThrow());
    }

    private static double pixels(List<RealCases.Muscle> some, boolean found) {
        return some.stream()
                .mapToDouble(one -> (found ? one.found() : one.truth()).count())
                .sum();
    }

    /** A model that finds L3: a line for each series. */
    public static String spines(ModelPackage model, Path real) throws IOException {
        Set<String> learnt = RealCases.learntFrom(model);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Model %s, digest %s%n%n%-34s %-12s %-10s %s%n",
                model,
                model.sha256().substring(0, 12),
                "series",
                "L3",
                "error",
                "answer"));
        for (RealCases.Spine one : RealCases.spines(model, real)) {
            boolean seen = learnt.stream().anyMatch(name -> one.series().startsWith(name));
            text.append(String.format(
                    Locale.ROOT,
                    "%-34s %-12s %-10s %s%s%n",
                    one.series(),
                    one.truth(),
                    Double.isNaN(one.errorMm()) ? "-" : String.format(Locale.ROOT, "%+.1f mm", one.errorMm()),
                    answer(one.answer()),
                    seen ? "; learnt from it: fit, not accuracy" : "; never seen"));
        }
        return text.append("\nNot for primary diagnosis.\n").toString();
    }

    private static String answer(L3 answer) {
        return answer instanceof L3.Found found
                ? String.format(Locale.ROOT, "found, confidence %.2f", found.confidence())
                : "refused: " + ((L3.NotFound) answer).reason();
    }
}
