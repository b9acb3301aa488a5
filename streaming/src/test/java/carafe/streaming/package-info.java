@NullMarked
package carafe.streaming;

import org.jspecify.annotations.NullMarked;
