@NullMarked
package carafe.runtime.cdi;

import org.jspecify.annotations.NullMarked;
