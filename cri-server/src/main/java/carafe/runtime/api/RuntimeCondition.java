package carafe.runtime.api;

/**
 * One condition of the runtime.
 *
 * @param type RuntimeReady or NetworkReady
 * @param reason one word, empty when it holds
 * @param message what is wrong and what to do; empty when it holds
 */
public record RuntimeCondition(String type, boolean holds, String reason, String message) {}
