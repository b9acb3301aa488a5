/** Credentials that the node itself has: Docker's configuration file and its helper programs. */
@NullMarked
package carafe.image.credential;

import org.jspecify.annotations.NullMarked;
