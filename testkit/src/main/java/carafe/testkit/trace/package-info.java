/** A collector of spans. */
@NullMarked
package carafe.testkit.trace;

import org.jspecify.annotations.NullMarked;
