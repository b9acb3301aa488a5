/** A small D-Bus client: the wire format and one conversation, with bounds on everything read. */
@NullMarked
package carafe.linux.dbus;

import org.jspecify.annotations.NullMarked;
