package org.myonode.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.locate.L3;
import org.myonode.workers.pipeline.Models;
import org.myonode.workers.pipeline.ProductInfo;
import org.myonode.workers.pipeline.Result;
import org.myonode.workers.pipeline.StudyPipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "analyse",
        mixinStandardHelpOptions = true,
        description = {
            "Measures muscle at L3 in the DICOM files below a folder, without network or database.",
            "Writes seg.dcm, sr.dcm, rtstruct.dcm, sc.dcm, overlay.png and result.json. Ends with 3 and a reason when there"
                    + " is no L3, or the study cannot be measured.",
            "The objects carry the time of the newest image, so that the same images give the same bytes."
        })
final class AnalyseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "one study, in any order, other series included")
    private Path folder;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where the results go")
    private Path out;

    @Option(
            names = "--slice",
            paramLabel = "UID",
            description = "measure this image (SOP instance UID) instead of looking for L3")
    private @Nullable String slice;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            description = "the time that the objects carry instead, for example 2026-01-31T12:00:00Z")
    private @Nullable Instant time;

    @Option(names = "--models", paramLabel = "DIR", description = "model packages (default: those of the installation)")
    private @Nullable Path modelsDirectory;

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        DicomFolder found = DicomFolder.scan(folder);
        found.refused().forEach(line -> System.err.println("left aside: " + line));
        Clock clock = Clock.systemDefaultZone();
        double loadedAfter;
        Result result;
        try (LoadedModels loaded = LoadedModels.open(Home.models(modelsDirectory), 1)) {
            loadedAfter = (System.nanoTime() - started) / 1e6;
            Models models = slice == null ? loaded.models() : loaded.models().atImage(slice);
            result = new StudyPipeline(models, ProductInfo.ofVersion(Version.number()), clock)
                    .run(found.files(), out, contentTime(found, clock));
        }
        print(result);
        times(result, loadedAfter, (System.nanoTime() - started) / 1e6);
        return result instanceof Result.Measured ? Main.OK : Main.EXPECTED_NO;
    }

    private Instant contentTime(DicomFolder found, Clock clock) throws IOException {
        return time != null ? time : ImageTime.newest(found.files()).orElse(clock.instant());
    }

    private void print(Result result) throws IOException {
        if (result instanceof Result.NoL3 noL3) {
            System.out.println("No L3: " + noL3.reason());
        } else if (result instanceof Result.Refused refused) {
            System.out.println("Refused: " + refused.reason());
        } else if (result instanceof Result.Measured measured) {
            JsonNode json = new ObjectMapper().readTree(measured.resultJson());
            JsonNode confidence = json.at("/l3/confidence");
            System.out.printf(
                    Locale.ROOT,
                    "%s at z %.1f mm (slice %d from the feet%s), image %s%n",
                    confidence.isNumber() ? "L3" : "The chosen slice",
                    measured.l3ZMm(),
                    json.at("/l3/sliceIndex").asInt(),
                    confidence.isNumber() ? ", confidence " + L3.percent(confidence.doubleValue()) : "",
                    measured.l3ImageUid());
            System.out.printf(
                    Locale.ROOT,
                    "Skeletal muscle area %.1f cm²",
                    measured.muscle().areaCm2());
            measured.muscle()
                    .indexCm2PerM2()
                    .ifPresent(index -> System.out.printf(Locale.ROOT, ", index %.1f cm²/m²", index));
            measured.muscle().meanHu().ifPresent(hu -> System.out.printf(Locale.ROOT, ", mean %.1f HU", hu));
            System.out.println();
            if (json.at("/muscle/suvMean").isNumber()) {
                System.out.printf(
                        Locale.ROOT,
                        "SUVbw in muscle: mean %.2f, max %.2f g/ml%n",
                        json.at("/muscle/suvMean").asDouble(),
                        json.at("/muscle/suvMax").asDouble());
            } else {
                System.out.println("No SUV: " + json.at("/pet/reason").asText());
            }
            json.path("quality").forEach(flag -> System.out.println("Quality: " + flag.asText()));
            json.path("models")
                    .forEach(model -> System.out.printf(
                            "Model %s %s%n",
                            model.path("id").asText(), model.path("version").asText()));
            System.out.println("Not verified. Not for primary diagnosis.");
        }
        System.out.println("Results in " + out);
    }

    private static void times(Result result, double loadMs, double totalMs) throws IOException {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "Time: start %.0f ms", loadMs));
        new ObjectMapper()
                .readTree(result.resultJson())
                .path("timingsMs")
                .fields()
                .forEachRemaining(entry -> line.append(String.format(
                        Locale.ROOT,
                        ", %s %.0f ms",
                        entry.getKey(),
                        entry.getValue().asDouble())));
        System.out.println(line.append(String.format(Locale.ROOT, "; %.0f ms in all", totalMs)));
    }
}
