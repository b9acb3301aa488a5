@NullMarked
package carafe.metrics.trace;

import org.jspecify.annotations.NullMarked;
