@NullMarked
package carafe.shim.pump;

import org.jspecify.annotations.NullMarked;
