/** What streams are asked for, and what they need from the runtime. */
@NullMarked
package carafe.streaming.api;

import org.jspecify.annotations.NullMarked;
