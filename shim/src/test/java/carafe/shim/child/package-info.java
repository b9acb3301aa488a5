/** Tests of the children on a JVM. */
@NullMarked
package carafe.shim.child;

import org.jspecify.annotations.NullMarked;
