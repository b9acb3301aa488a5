/** Runs the crictl program against a socket. */
@NullMarked
package carafe.testkit.crictl;

import org.jspecify.annotations.NullMarked;
