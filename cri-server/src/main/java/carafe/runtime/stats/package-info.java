/** What pods and containers use; see docs/stats.md. */
@NullMarked
package carafe.runtime.stats;

import org.jspecify.annotations.NullMarked;
