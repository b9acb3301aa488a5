package carafe.shim.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The machine's C compiler. */
final class CCompiler {
    /**
     * Wrapping integers and aliasing pointers are what Java's semantics and TeaVM's runtime need;
     * -w because generated code is nobody's to tidy.
     */
    private static final List<String> FLAGS =
            List.of(
                    "-O2",
                    "-static",
                    "-fwrapv",
                    "-fno-strict-aliasing",
                    "-fno-asynchronous-unwind-tables",
                    "-ffunction-sections",
                    "-fdata-sections",
                    "-Wl,--gc-sections",
                    "-Wl,-z,noexecstack",
                    "-s",
                    "-w");

    private final String command;
    private final String version;

    private CCompiler(String command, String version) {
        this.command = command;
        this.version = version;
    }

    /** The compiler named by the environment variable CC, else {@code cc}. */
    static CCompiler find() throws InterruptedException {
        String named = System.getenv("CC");
        return of(named == null || named.isBlank() ? "cc" : named);
    }

    static CCompiler of(String command) throws InterruptedException {
        try {
            return new CCompiler(command, run(List.of(command, "--version")));
        } catch (IOException e) {
            throw new BuildException(
                    "carafe-shim needs a C compiler, and '"
                            + command
                            + "' cannot be run: install one (Debian: apt-get install gcc libc6-dev)"
                            + " or name it in the environment variable CC");
        }
    }

    /** What changes when the compiler or the way it is called does. */
    String identity() {
        return command + " " + FLAGS + " " + version;
    }

    void compile(Path source, Path output) throws InterruptedException, IOException {
        List<String> line = new ArrayList<>();
        line.add(command);
        line.addAll(FLAGS);
        line.addAll(List.of("-o", output.toString(), source.toString(), "-lm"));
        run(line);
    }

    private static String run(List<String> line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new BuildException(String.join(" ", line) + " ended with " + code + ":\n" + said);
        }
        return said;
    }
}
