package carafe.streaming.api;

import java.util.List;

/** What one connection of a client will be about; its token is good for nothing else. */
public sealed interface StreamOrder {
    /** First segment of the URL's path. */
    String method();

    /**
     * Run a command in a container.
     *
     * @param command program and arguments, at least one
     */
    record Exec(String containerId, List<String> command, Streams streams) implements StreamOrder {
        public Exec {
            command = List.copyOf(command);
        }

        @Override
        public String method() {
            return "exec";
        }
    }

    /** Take part in the streams of a container's first process. */
    record Attach(String containerId, Streams streams) implements StreamOrder {
        @Override
        public String method() {
            return "attach";
        }
    }

    /**
     * Reach TCP ports inside a pod's network.
     *
     * @param ports those of a client that cannot name them later, 1 to 65535; may be empty
     */
    record PortForward(String podId, List<Integer> ports) implements StreamOrder {
        public PortForward {
            ports = List.copyOf(ports);
        }

        @Override
        public String method() {
            return "portforward";
        }
    }
}
