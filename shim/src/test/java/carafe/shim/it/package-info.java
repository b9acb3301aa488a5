/** The program itself on a real kernel; needs root. */
@NullMarked
package carafe.shim.it;

import org.jspecify.annotations.NullMarked;
