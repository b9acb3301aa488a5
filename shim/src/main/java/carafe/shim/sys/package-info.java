/**
 * System calls as plain Java: bytes, ints, longs and strings in, results or {@link
 * carafe.shim.sys.SyscallException} out. Only {@link carafe.shim.sys.NativeKernel} knows the
 * compiler that makes a program of this; everything else runs on a JVM too.
 */
@NullMarked
package carafe.shim.sys;

import org.jspecify.annotations.NullMarked;
