@NullMarked
package carafe.streaming.websocket;

import org.jspecify.annotations.NullMarked;
