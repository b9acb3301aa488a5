/** CNI: configuration files, plugins, results. Source: CNI specification 0.3.0 to 1.1.0. */
@NullMarked
package carafe.network.cni;

import org.jspecify.annotations.NullMarked;
