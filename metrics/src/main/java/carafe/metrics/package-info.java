/** Meters and the Prometheus endpoint; every exported name starts with {@code carafe_}. */
@NullMarked
package carafe.metrics;

import org.jspecify.annotations.NullMarked;
