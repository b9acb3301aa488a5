/**
 * A container's output as Kubernetes reads it: framing into lines, and nothing that touches files.
 */
@NullMarked
package carafe.shim.log;

import org.jspecify.annotations.NullMarked;
