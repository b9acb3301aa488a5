/** The use cases of pod sandboxes; docs/runtime.md says in which order they do what, and why. */
@NullMarked
package carafe.runtime.sandbox;

import org.jspecify.annotations.NullMarked;
