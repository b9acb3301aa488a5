/** Proofs that the generated CRI classes speak the protocol other implementations speak. */
@NullMarked
package carafe.proto;

import org.jspecify.annotations.NullMarked;
