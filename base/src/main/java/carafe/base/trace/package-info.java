/** What is done for a caller who traces it, as spans within each other. */
@NullMarked
package carafe.base.trace;

import org.jspecify.annotations.NullMarked;
