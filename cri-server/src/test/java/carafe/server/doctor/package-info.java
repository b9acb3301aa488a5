@NullMarked
package carafe.server.doctor;

import org.jspecify.annotations.NullMarked;
