/**
 * What the runtime needs from outside, as it wants to see it. Every call that can wait has a
 * deadline; implementations are thread-safe.
 */
@NullMarked
package carafe.runtime.port;

import org.jspecify.annotations.NullMarked;
