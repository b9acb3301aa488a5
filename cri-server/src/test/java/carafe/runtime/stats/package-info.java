@NullMarked
package carafe.runtime.stats;

import org.jspecify.annotations.NullMarked;
