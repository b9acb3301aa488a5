/** Registries for tests: one scripted to misbehave, and Debian's real one. */
@NullMarked
package carafe.testkit.registry;

import org.jspecify.annotations.NullMarked;
