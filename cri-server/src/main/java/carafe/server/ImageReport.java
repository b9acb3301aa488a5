package carafe.server;

import carafe.image.Verification;
import carafe.image.Verification.Damage;
import carafe.rpc.DaemonCalls;
import java.io.PrintStream;

/** What {@code carafe image} prints, one line for each thing. */
final class ImageReport {
    private static final double MIB = 1 << 20;
    private static final int SHORT = 12;

    private final PrintStream out;

    ImageReport(PrintStream out) {
        this.out = out;
    }

    void row(DaemonCalls.ImageRow image) {
        out.printf(
                "%s  %8.1f MiB  %s%n",
                shortened(image.id()),
                image.sizeBytes() / MIB,
                image.names().isEmpty() ? "<none>" : String.join(" ", image.names()));
    }

    /** Every damage, then one line with the sums. */
    void verified(Verification found) {
        found.damages().forEach(each -> print("damaged ", each));
        found.unproven().forEach(each -> print("unproven", each));
        out.printf(
                "%d images, %d layers, %d files, %.1f MiB read: %s%n",
                found.images(), found.layers(), found.files(), found.bytes() / MIB, verdict(found));
    }

    private static String verdict(Verification found) {
        int count = found.damages().size();
        if (count == 0) {
            return found.unproven().isEmpty()
                    ? "all is as it was pulled"
                    : "no damage found, %d layers unproven".formatted(found.unproven().size());
        }
        return "%s%d damages; remove the image and pull it again"
                .formatted(count == Verification.MOST_DAMAGES ? "more than " : "", count);
    }

    private void print(String kind, Damage damage) {
        out.printf(
                "%s  %s  %s%s%n",
                kind,
                shortened(damage.subject()),
                damage.path().isEmpty() ? "" : damage.path() + " ",
                damage.what());
    }

    private static String shortened(String digest) {
        String hex = digest.replace("sha256:", "");
        return hex.substring(0, Math.min(SHORT, hex.length()));
    }
}
