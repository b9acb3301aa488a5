@NullMarked
package carafe.shim.record;

import org.jspecify.annotations.NullMarked;
