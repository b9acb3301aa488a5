/**
 * The registry protocol: one class per endpoint, credentials bound to an origin, every read bounded
 * in size and time, and no secret in any message.
 */
@NullMarked
package carafe.image.registry;

import org.jspecify.annotations.NullMarked;
