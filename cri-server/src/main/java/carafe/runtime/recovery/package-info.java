/** What happens between the start of the daemon and its first answer. */
@NullMarked
package carafe.runtime.recovery;

import org.jspecify.annotations.NullMarked;
