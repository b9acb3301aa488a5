/** Certificates made for a test. */
@NullMarked
package carafe.testkit.tls;

import org.jspecify.annotations.NullMarked;
