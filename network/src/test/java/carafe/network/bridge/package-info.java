/** Tests of the built-in network. */
@NullMarked
package carafe.network.bridge;

import org.jspecify.annotations.NullMarked;
