/** What exec and attach have in common: a client's frames, and their way to standard input. */
@NullMarked
package carafe.shim.stream;

import org.jspecify.annotations.NullMarked;
