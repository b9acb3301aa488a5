/**
 * The OCI runtime-spec of a container, built by pure functions: one class per section, nothing is
 * looked at but the arguments.
 */
@NullMarked
package carafe.runtime.spec;

import org.jspecify.annotations.NullMarked;
