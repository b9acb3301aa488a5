/** Tests of the event queues. */
@NullMarked
package carafe.runtime.event;

import org.jspecify.annotations.NullMarked;
