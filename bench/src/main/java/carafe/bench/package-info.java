/** Measurements of a whole node through its socket, printed as a table. */
@NullMarked
package carafe.bench;

import org.jspecify.annotations.NullMarked;
