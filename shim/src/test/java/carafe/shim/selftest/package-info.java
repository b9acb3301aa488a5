/** Programs compiled like the shim itself, to test what a JVM cannot. */
@NullMarked
package carafe.shim.selftest;

import org.jspecify.annotations.NullMarked;
