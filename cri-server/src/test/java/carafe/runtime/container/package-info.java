/** Tests of the parts of containers. */
@NullMarked
package carafe.runtime.container;

import org.jspecify.annotations.NullMarked;
