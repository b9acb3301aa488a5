/** The documents that describe an image, read strictly: index, manifest, configuration. */
@NullMarked
package carafe.image.manifest;

import org.jspecify.annotations.NullMarked;
