/** The streaming server: tokens, HTTP upgrades, connections. */
@NullMarked
package carafe.streaming.server;

import org.jspecify.annotations.NullMarked;
