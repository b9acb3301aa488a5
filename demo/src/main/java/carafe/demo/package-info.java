/** The program of the demo image; compiled ahead of time, runs as PID 1 of its container. */
@NullMarked
package carafe.demo;

import org.jspecify.annotations.NullMarked;
