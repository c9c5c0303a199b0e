package org.myonode.workers.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TensorFlow engine of this process, started once, and the device that models run on.
 *
 * <p>The native libraries are not looked for on the class path: DJL would try to download what it does not find, and
 * JavaCPP would unpack 600 MB at its first start. {@value #LIBRARY_PATH} names the folder that holds them.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class TensorFlowRuntime {

    /** Environment variable, or system property, that names the folder of the native libraries. */
    public static final String LIBRARY_PATH = "TENSORFLOW_LIBRARY_PATH";

    private static final Logger log = LoggerFactory.getLogger(TensorFlowRuntime.class);

    private static final List<String> LIBRARIES =
            List.of("libjnitensorflow.so", "libtensorflow_cc.so.2", "libtensorflow_framework.so.2");

    private final Device device;
    private final String version;

    private TensorFlowRuntime(Device device, String version) {
        this.device = device;
        this.version = version;
    }

    /** What a caller wants to run on. */
    public enum Choice {
        /** A GPU when the engine sees one, else the CPU. */
        AUTO,
        CPU,
        /** A GPU; when the engine sees none, the CPU is taken and a warning says so. */
        GPU
    }

    /**
     * Starts the engine, or joins the one that runs.
     *
     * @throws ModelException when the native libraries are not where {@value #LIBRARY_PATH} says
     */
    public static synchronized TensorFlowRuntime start(Choice choice) {
        checkLibraries();
        // JavaCPP counts the whole process against the Java heap by default, and a training dies half-way.
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        // Nothing is fetched and nothing is reported: a hospital network has no way out.
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        Engine engine = Engine.getEngine("TensorFlow");
        int gpus = choice == Choice.CPU ? 0 : engine.getGpuCount();
        if (choice == Choice.GPU && gpus == 0) {
            log.warn("a GPU was asked for and TensorFlow sees none: models run on the CPU");
        }
        return new TensorFlowRuntime(gpus > 0 ? Device.gpu() : Device.cpu(), engine.getVersion());
    }

    /** Whether models run on a GPU. */
    public boolean onGpu() {
        return device.isGpu();
    }

    /** Engine version and device, for people: {@code TensorFlow 2.16.1 on cpu}. */
    public String describe() {
        return "TensorFlow " + version + " on " + (onGpu() ? "gpu" : "cpu");
    }

    Device device() {
        return device;
    }

    /** The folder that {@value #LIBRARY_PATH} names, unchecked; null when it names none. */
    public static @Nullable Path libraryPath() {
        String value = System.getenv(LIBRARY_PATH);
        if (value == null || value.isBlank()) {
            value = System.getProperty(LIBRARY_PATH);
        }
        return value == null || value.isBlank() ? null : Path.of(value);
    }

    private static void checkLibraries() {
        Path folder = libraryPath();
        if (folder == null) {
            throw new ModelException(LIBRARY_PATH + " is not set: it must name the folder of " + LIBRARIES
                    + " (the start script sets it; a build unpacks them to workers/target/tensorflow)");
        }
        for (String library : LIBRARIES) {
            if (!Files.isRegularFile(folder.resolve(library))) {
                throw new ModelException(LIBRARY_PATH + " is " + folder + ", and " + library + " is not there");
            }
        }
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
