/** Which images may be used at all: policy by name, and cosign's signatures. */
@NullMarked
package carafe.image.signature;

import org.jspecify.annotations.NullMarked;
