/** Project quotas: how much a directory tree may take of its file system. */
@NullMarked
package carafe.linux.quota;

import org.jspecify.annotations.NullMarked;
