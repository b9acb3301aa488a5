package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.teavm.diagnostics.DefaultProblemTextConsumer;
import org.teavm.diagnostics.Problem;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;
import org.teavm.tooling.TeaVMToolException;
import org.teavm.vm.TeaVMOptimizationLevel;

/** Translates class files to C with TeaVM. Any problem it reports fails the build. */
final class JavaToC {
    /** The long-lived processes stay within this; see docs/shim.md. */
    private static final int MIN_HEAP_BYTES = 128 << 10;

    private static final int MAX_HEAP_BYTES = 8 << 20;

    private final String mainClass;
    private final Path target;

    JavaToC(String mainClass, Path target) {
        this.mainClass = mainClass;
        this.target = target;
    }

    void translate() throws IOException, TeaVMToolException {
        deleteOld();
        TeaVMTool tool = new TeaVMTool();
        tool.setMainClass(mainClass);
        tool.setTargetType(TeaVMTargetType.C);
        tool.setTargetDirectory(target.toFile());
        tool.setMinHeapSize(MIN_HEAP_BYTES);
        tool.setMaxHeapSize(MAX_HEAP_BYTES);
        tool.setOptimizationLevel(TeaVMOptimizationLevel.ADVANCED);
        // Names for stack traces are 900 strings, each written to at start: 250 KiB per container.
        tool.setObfuscated(true);
        tool.setShortFileNames(true);
        tool.setAssertionsRemoved(true);
        tool.setClassLoader(JavaToC.class.getClassLoader());
        tool.generate();
        SpillRepair.repair(target);
        HeapSlack.apply(target);
        HeapGrowth.apply(target);
        WholeCollections.apply(target);
        LazyStrings.apply(target);
        QuietClasses.apply(target);
        List<Problem> problems = tool.getProblemProvider().getProblems();
        if (!problems.isEmpty()) {
            throw new BuildException(
                    "TeaVM cannot compile "
                            + mainClass
                            + ":\n"
                            + String.join("\n", problems.stream().map(JavaToC::show).toList()));
        }
    }

    private void deleteOld() throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> files = Files.walk(target)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String show(Problem problem) {
        DefaultProblemTextConsumer text = new DefaultProblemTextConsumer();
        problem.render(text);
        return problem.getSeverity()
                + ": "
                + text.getText()
                + " at "
                + problem.getLocation()
                + " "
                + Arrays.toString(problem.getParams());
    }
}
