/** Tests of the runtime as a whole, over a node that is a fake. */
@NullMarked
package carafe.runtime;

import org.jspecify.annotations.NullMarked;
