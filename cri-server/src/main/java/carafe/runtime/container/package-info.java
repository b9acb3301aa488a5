/** The use cases of containers; docs/runtime.md says in which order they do what, and why. */
@NullMarked
package carafe.runtime.container;

import org.jspecify.annotations.NullMarked;
