/**
 * Images made of Debian packages of this machine, and Debian's docker-registry to pull them from:
 * real input that needs no network.
 */
@NullMarked
package carafe.testkit.debian;

import org.jspecify.annotations.NullMarked;
