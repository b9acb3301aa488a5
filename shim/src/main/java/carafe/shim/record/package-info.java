/** What the shim reads and writes in its bundle: facts, pid file, exit record, its own log. */
@NullMarked
package carafe.shim.record;

import org.jspecify.annotations.NullMarked;
