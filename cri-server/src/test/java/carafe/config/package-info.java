@NullMarked
package carafe.config;

import org.jspecify.annotations.NullMarked;
