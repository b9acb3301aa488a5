/** Images made byte by byte, for tests: valid ones and any other. */
@NullMarked
package carafe.testkit.image;

import org.jspecify.annotations.NullMarked;
