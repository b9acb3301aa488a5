/** Tests of the parts of sandboxes. */
@NullMarked
package carafe.runtime.sandbox;

import org.jspecify.annotations.NullMarked;
