/** Images in files: OCI layouts as directories or archives, and Docker's archives. */
@NullMarked
package carafe.image.archive;

import org.jspecify.annotations.NullMarked;
