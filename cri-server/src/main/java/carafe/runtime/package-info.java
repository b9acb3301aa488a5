/** The runtime of pods and containers; docs/runtime.md describes it as a whole. */
@NullMarked
package carafe.runtime;

import org.jspecify.annotations.NullMarked;
