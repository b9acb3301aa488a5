/** What the transports have in common: one exec or attach between container and client. */
@NullMarked
package carafe.streaming.session;

import org.jspecify.annotations.NullMarked;
