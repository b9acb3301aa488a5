/**
 * For tests only: tells from inside a container what a process is, sees and may do. Compiled to a
 * static program as the shim is; only {@link carafe.probe.ProbeFile} is for the JVM.
 */
@NullMarked
package carafe.probe;

import org.jspecify.annotations.NullMarked;
