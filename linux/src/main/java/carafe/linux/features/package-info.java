/** What this kernel and machine can do, and what follows where they cannot. */
@NullMarked
package carafe.linux.features;

import org.jspecify.annotations.NullMarked;
