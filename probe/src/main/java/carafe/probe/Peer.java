package carafe.probe;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks at every other process there may be, over and over, and prints each new thing it sees of
 * one: {@code pid name what}. Runs until it is killed.
 */
final class Peer {
    private static final int PIDS = 64;
    private static final int DESCRIPTORS = 48;
    private static final int MOST = 4000;

    private final Files files = new Files();
    private final List<String> seen = new ArrayList<>();
    private final int own = Libc.getpid();

    void run() {
        files.print("looking\n");
        while (seen.size() < MOST) {
            for (int pid = 2; pid < PIDS; pid++) {
                if (pid != own) {
                    look(pid);
                }
            }
        }
    }

    private void look(int pid) {
        String process = "/proc/" + pid + "/";
        String root = files.link(process + "root");
        if (root.isEmpty()) {
            return;
        }
        tell(pid, "root", root);
        tell(pid, "cwd", files.link(process + "cwd"));
        tell(pid, "exe", files.link(process + "exe"));
        for (int fd = 0; fd < DESCRIPTORS; fd++) {
            tell(pid, "fd" + fd, files.link(process + "fd/" + fd));
        }
    }

    private void tell(int pid, String name, String what) {
        String line = pid + " " + name + " " + what + "\n";
        if (!what.isEmpty() && !seen.contains(line)) {
            seen.add(line);
            files.print(line);
        }
    }
}
