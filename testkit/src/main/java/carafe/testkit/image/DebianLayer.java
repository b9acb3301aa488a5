package carafe.testkit.image;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Layers as other tools write them: the installed files of a Debian package, packed by GNU tar. */
public final class DebianLayer {
    private DebianLayer() {}

    /**
     * The files of an installed package with owners, modes, times, links and attributes.
     *
     * @return an uncompressed pax archive
     */
    public static byte[] tarOf(String debianPackage) throws IOException, InterruptedException {
        String script =
                "dpkg -L \"$0\" | grep -v '^/\\.$' | sed 's|^/||'"
                        + " | while read -r f; do [ -e \"/$f\" ] && echo \"$f\"; done"
                        + " | tar -C / --format=pax --xattrs --numeric-owner --no-recursion"
                        + " -cf - -T -";
        Process tar =
                new ProcessBuilder("bash", "-c", script, debianPackage)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        byte[] archive = tar.getInputStream().readAllBytes();
        if (!tar.waitFor(1, TimeUnit.MINUTES)) {
            tar.destroyForcibly();
        }
        int status = tar.waitFor();
        if (status != 0 || archive.length == 0) {
            throw new IOException("pack %s: status %d".formatted(debianPackage, status));
        }
        return archive;
    }
}
