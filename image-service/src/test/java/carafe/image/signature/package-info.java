@NullMarked
package carafe.image.signature;

import org.jspecify.annotations.NullMarked;
