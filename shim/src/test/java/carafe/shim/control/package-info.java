@NullMarked
package carafe.shim.control;

import org.jspecify.annotations.NullMarked;
