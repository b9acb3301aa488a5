package carafe.runtime.spec;

import carafe.runtime.api.ProcessUser;

/**
 * Who the first process is.
 *
 * @param home of the user in the image, {@code /} when it names none
 */
public record ResolvedUser(ProcessUser ids, String home) {}
