package org.myonode.node;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: one command for each thing that people do with it. */
@Command(
        name = "myonode",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Measures skeletal muscle at L3 in PET-CT studies and returns DICOM SEG and SR to the PACS.",
            "Not for primary diagnosis."
        },
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            AnalyseCommand.class,
            SendCommand.class,
            PullCommand.class,
            PhantomCommand.class,
            TrainCommand.class,
            TransferCommand.class,
            FineTuneCommand.class,
            ModelsCommand.class,
            ScoreCommand.class,
            SuvCommand.class,
            ContoursCommand.class,
            CrossvalCommand.class,
            ExperimentsCommand.class,
            DriftCommand.class,
            VerifyCommand.class,
            DoctorCommand.class,
            EchoCommand.class,
            BenchCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; the reason is on standard error",
            "2:wrong usage or configuration",
            "3:an expected no, such as a study without L3; the reason is printed"
        })
public final class Main {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int EXPECTED_NO = 3;

    Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + reason(failure));
            if (Boolean.getBoolean("myonode.debug")) {
                failure.printStackTrace(command.getErr());
            }
            return failure instanceof ConfigurationException ? USAGE : FAILED;
        });
        if (arguments.length == 0) {
            commandLine.usage(commandLine.getErr());
            return USAGE;
        }
        return commandLine.execute(arguments);
    }

    private static String reason(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }
}
