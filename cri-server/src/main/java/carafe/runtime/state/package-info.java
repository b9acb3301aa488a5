/** Pods and containers as the daemon knows them: records in memory and on disk, and their names. */
@NullMarked
package carafe.runtime.state;

import org.jspecify.annotations.NullMarked;
