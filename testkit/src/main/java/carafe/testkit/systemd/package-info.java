/** A message bus with a systemd on it, under the test's hand. */
@NullMarked
package carafe.testkit.systemd;

import org.jspecify.annotations.NullMarked;
