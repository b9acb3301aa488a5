package carafe.network.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checked network configuration list: the plugins of one network in the order of ADD.
 *
 * @param name the network's name, safe as a file name
 * @param cniVersion 0.3.0 to 1.1.0, what the plugins are spoken to in
 * @param source the file it was read from
 */
record NetworkList(String name, String cniVersion, List<Plugin> plugins, Path source) {
    NetworkList {
        plugins = List.copyOf(plugins);
    }

    /**
     * One plugin of the list.
     *
     * @param type name of the program, a single safe file name
     * @param capabilities what the configuration says the plugin wants to be told
     * @param config the plugin's object as it stood in the file
     */
    record Plugin(String type, Set<String> capabilities, ObjectNode config) {
        Plugin {
            capabilities = Set.copyOf(capabilities);
        }
    }
}
