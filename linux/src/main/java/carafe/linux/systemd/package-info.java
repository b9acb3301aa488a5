/** systemd's units as cgroups: names, and the few calls that make, change and end them. */
@NullMarked
package carafe.linux.systemd;

import org.jspecify.annotations.NullMarked;
