@NullMarked
package carafe.metrics;

import org.jspecify.annotations.NullMarked;
