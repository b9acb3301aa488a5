/** The network that pods get where no CNI configuration exists; docs/network.md says how. */
@NullMarked
package carafe.network.bridge;

import org.jspecify.annotations.NullMarked;
