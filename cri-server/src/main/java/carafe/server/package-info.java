/** The {@code carafe} command: the daemon's wiring, its socket, doctor and the small commands. */
@NullMarked
package carafe.server;

import org.jspecify.annotations.NullMarked;
