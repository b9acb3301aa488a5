/** WebSocket: remote commands in channels, and SPDY in a tunnel. */
@NullMarked
package carafe.streaming.websocket;

import org.jspecify.annotations.NullMarked;
