/** Tests of the records of a bundle. */
@NullMarked
package carafe.shim.spec;

import org.jspecify.annotations.NullMarked;
