/** Messages between daemon and shim. No dependencies; compiles under javac and under TeaVM. */
@NullMarked
package carafe.shim.wire;

import org.jspecify.annotations.NullMarked;
