package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.teavm.tooling.TeaVMToolException;

/**
 * Compiles a main class and what it reaches to one static program. Arguments: main class, directory
 * for intermediate files, output file. The class path of this process is what gets compiled. Does
 * nothing when neither the class path, the compiler nor this builder changed since the last time.
 */
public final class NativeProgram {
    private final String mainClass;
    private final Path work;
    private final Path output;

    NativeProgram(String mainClass, Path work, Path output) {
        this.mainClass = mainClass;
        this.work = work;
        this.output = output;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            System.err.println("usage: NativeProgram MAIN-CLASS WORK-DIRECTORY OUTPUT-FILE");
            System.exit(2);
        }
        try {
            new NativeProgram(args[0], Path.of(args[1]), Path.of(args[2]))
                    .build(System.getProperty("java.class.path"));
        } catch (BuildException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    void build(String classPath) throws IOException, TeaVMToolException, InterruptedException {
        CCompiler compiler = CCompiler.find();
        Inputs inputs = Inputs.of(List.of(mainClass, compiler.identity()), classPath);
        Path stamp = work.resolve("inputs.sha256");
        if (inputs.matches(stamp, output)) {
            return;
        }
        Files.createDirectories(work);
        Path sources = work.resolve("c");
        new JavaToC(mainClass, sources).translate();
        Files.createDirectories(output.toAbsolutePath().getParent());
        compiler.compile(sources.resolve("all.c"), output);
        String hash = HexFormat.of().formatHex(Inputs.sha256(Files.readAllBytes(output)));
        Path facts = output.resolveSibling(output.getFileName() + ".properties");
        Files.writeString(facts, "size=" + Files.size(output) + "\nsha256=" + hash + "\n");
        inputs.store(stamp, output);
    }
}
