/** Spans to a collector by OpenTelemetry's protocol; nothing of it is loaded unless one is set. */
@NullMarked
package carafe.metrics.trace;

import org.jspecify.annotations.NullMarked;
