package dev.cortado.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The program `cortado`.
public final class Main {
    /// The environment variable that asks for stack traces.
    static final String TRACE = "CORTADO_TRACE";

    private final Output output;
    private final boolean trace;
    private final StopSignal stop;

    /// @param trace whether a failure's stack trace is printed
    Main(Output output, boolean trace) {
        this(output, trace, new StopSignal());
    }

    private Main(Output output, boolean trace, StopSignal stop) {
        this.output = output;
        this.trace = trace;
        this.stop = stop;
    }

    /// The process's entry: runs one command and exits with its code.
    ///
    /// The command has a thread of its own, whose end says that all it had to say has been said. The main thread
    /// never ends when a signal is ending the process: it then waits in `exit` for the [StopSignal], which waits
    /// for the command.
    public static void main(String[] args) throws InterruptedException {
        Locale.setDefault(Locale.ROOT); // numbers look the same everywhere
        var code = new AtomicInteger(1);
        var stop = new StopSignal();
        var main = new Main(Output.ofProcess(), System.getenv(TRACE) != null, stop);
        var command = new Thread(() -> code.set(main.run(args)), "command");
        stop.guard(command);
        command.start();
        command.join();
        System.exit(code.get());
    }

    /// Runs one command line and returns the exit code; see the package's page.
    int run(String... args) {
        return run(
                List.of(
                        new TourCommand(output, stop),
                        new TrainCommand(output, stop),
                        new GenerateCommand(output),
                        new LogitsCommand(output),
                        new InspectCommand(output),
                        new ConvertCommand(output),
                        TokenizerCommand.of(output, System.in),
                        new CommandLine(new DataCommand()).addSubcommand(new DataCommand.World(output)),
                        BenchCommand.line(output),
                        new DoctorCommand(output)),
                args);
    }

    /// @param commands objects annotated [Command], one per subcommand
    int run(List<?> commands, String... args) {
        CommandLine line = new CommandLine(new Cortado(output));
        commands.forEach(line::addSubcommand);
        line.setOut(writer(output.results()))
                .setErr(writer(output.progress()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a prompt may begin with '@'
                .setParameterExceptionHandler((e, given) -> report(Failure.of(e), e))
                .setExecutionExceptionHandler(onFailure());
        int code;
        try {
            code = line.execute(args);
        } catch (Error e) { // picocli hands on exceptions only
            code = report(Failure.of(e), e);
        }
        if (output.lost() && code == 0) {
            output.note("cortado: the result could not be written: standard output is closed or its disk is full");
            return 1;
        }
        return code;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private IExecutionExceptionHandler onFailure() {
        return (e, command, parsed) -> report(Failure.of(e), e);
    }

    private int report(Failure failure, Throwable cause) {
        output.note("cortado: " + failure.line());
        if (trace) {
            cause.printStackTrace(output.progress());
        }
        return failure.code();
    }

    /// The root command: it has options that hold for all, and otherwise only shows its help.
    @Command(
            name = "cortado",
            description = "The whole life cycle of language models on the JVM.",
            versionProvider = Version.class,
            synopsisSubcommandLabel = "COMMAND",
            optionListHeading = "%nOptions of every command:%n",
            commandListHeading = "%nCommands:%n",
            footer = {"", "Exit codes: 0 done, 2 the input is wrong, 1 the work failed (CORTADO_TRACE=1 shows where)."})
    static final class Cortado implements Runnable {
        private final Output output;

        @Spec
        private CommandSpec spec;

        Cortado(Output output) {
            this.output = output;
            this.spec = CommandSpec.create(); // picocli puts the real one in its place
        }

        @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print the result as one JSON object.")
        void json(boolean on) {
            output.json(on);
        }

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                scope = ScopeType.INHERIT,
                description = "Show this help.")
        @SuppressWarnings("UnusedVariable") // picocli reads it
        private boolean help;

        @Option(names = "--version", versionHelp = true, description = "Show the version.")
        @SuppressWarnings("UnusedVariable") // picocli reads it
        private boolean version;

        @Override
        public void run() {
            throw new ParameterException(
                    spec.commandLine(),
                    "name a command: " + String.join(", ", spec.subcommands().keySet()));
        }
    }

    /// The version that Maven put beside this class.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"cortado " + number() + " (Java " + Runtime.version() + ")"};
        }

        static String number() {
            Properties properties = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                properties.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return properties.getProperty("version");
        }
    }
}
