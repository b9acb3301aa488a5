/** Clients of the streams of exec, attach and port-forward, written by hand. */
@NullMarked
package carafe.testkit.stream;

import org.jspecify.annotations.NullMarked;
