/**
 * What the runtime is asked for and what it answers, free of protobuf. All records are immutable
 * and copy what they are given.
 */
@NullMarked
package carafe.runtime.api;

import org.jspecify.annotations.NullMarked;
