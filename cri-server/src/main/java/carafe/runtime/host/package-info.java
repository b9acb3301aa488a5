/** The runtime's ports as this machine answers them: modules linux and network, and the shim. */
@NullMarked
package carafe.runtime.host;

import org.jspecify.annotations.NullMarked;
