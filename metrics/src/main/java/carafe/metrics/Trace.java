package carafe.metrics;

/**
 * The trace that a call belongs to, by the caller's word.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 of the caller's span
 */
public record Trace(String traceId, String spanId) {}
