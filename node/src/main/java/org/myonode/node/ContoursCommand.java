package org.myonode.node;

import picocli.CommandLine.Command;

@Command(
        name = "contours",
        mixinStandardHelpOptions = true,
        description = {
            "Expert contours that models are compared with. They also come by C-STORE, by the rules in the"
                    + " configuration (contours.rules).",
        },
        synopsisSubcommandLabel = "WHAT",
        subcommands = {ContoursImportCommand.class, ContoursListCommand.class})
final class ContoursCommand {}
