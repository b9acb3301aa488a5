@NullMarked
package carafe.shim.stream;

import org.jspecify.annotations.NullMarked;
