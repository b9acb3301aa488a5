/** Tests of records and names. */
@NullMarked
package carafe.runtime.state;

import org.jspecify.annotations.NullMarked;
