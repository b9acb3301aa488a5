package carafe.image.unpack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs small scripts for tests. */
final class Shell {
    private Shell() {}

    /** Runs a bash script in a directory; fails unless it exits with 0. */
    static String run(Path directory, String script) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("bash", "-euc", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        String text = new String(output, StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("script failed: " + script + "\n" + text);
        }
        return text;
    }
}
