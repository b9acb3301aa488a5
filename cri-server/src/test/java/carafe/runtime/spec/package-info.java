/** Tests of the OCI specification. */
@NullMarked
package carafe.runtime.spec;

import org.jspecify.annotations.NullMarked;
