/** The runtime over the real kernel and the real shim. */
@NullMarked
package carafe.runtime.it;

import org.jspecify.annotations.NullMarked;
