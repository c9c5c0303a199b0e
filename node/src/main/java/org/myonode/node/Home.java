package org.myonode.node;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the program is installed: the folder that holds {@code bin}, {@code lib} and {@code models}. */
final class Home {

    private Home() {}

    /**
     * The folder of the model packages: the configured one, else that of the installation.
     *
     * @throws ConfigurationException when there is none
     */
    static Path models(@Nullable Path configured) {
        Path folder = configured != null ? configured : installed();
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationException("models.directory: " + folder + " does not exist");
        }
        return folder;
    }

    private static Path installed() {
        String home = System.getProperty("myonode.home");
        if (home == null) {
            throw new ConfigurationException(
                    "models.directory is not set and the program was not started by bin/myonode, which knows its own");
        }
        return Path.of(home, "models");
    }
}
