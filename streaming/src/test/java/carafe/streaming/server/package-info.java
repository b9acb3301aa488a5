@NullMarked
package carafe.streaming.server;

import org.jspecify.annotations.NullMarked;
