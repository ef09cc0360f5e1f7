/// The command line: one class per command, one place where words leave the program.
///
/// ```
/// ./cortado doctor --json
/// ```
/// [Main] builds the tree of commands by hand, runs one, and turns how it ended into an exit code:
///
/// | code | meaning | standard error |
/// |---|---|---|
/// | 0 | the command did what was asked | progress and notes, if any |
/// | 2 | the input is wrong: an option, a file, a recipe | one line: what is wrong and the fix |
/// | 1 | the work failed: disk full, out of memory, a bug | one line; `CORTADO_TRACE=1` adds the stack trace |
///
/// **Writing a command.** A command is a final class annotated [picocli.CommandLine.Command] that implements
/// `Callable<Integer>`, takes the [Output] in its constructor, and is registered in [Main]. It checks its input first
/// and throws [IllegalArgumentException] when that is wrong; it prints its result once, with
/// [Output#result(Object, String)]: a record for `--json`, a text for people. It never catches to hide, never calls
/// `System.exit`, and writes nothing else to standard output. `--json` and `--help` need no code: every command has
/// them.
@NullMarked
package dev.cortado.cli;

import org.jspecify.annotations.NullMarked;
