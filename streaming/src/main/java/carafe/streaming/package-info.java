/** Output and input of processes on their way to clients: bounded, never in the way of others. */
@NullMarked
package carafe.streaming;

import org.jspecify.annotations.NullMarked;
