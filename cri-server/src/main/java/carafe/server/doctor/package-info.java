/** {@code carafe doctor}: what of this machine Carafe can use, what follows, and how to fix it. */
@NullMarked
package carafe.server.doctor;

import org.jspecify.annotations.NullMarked;
