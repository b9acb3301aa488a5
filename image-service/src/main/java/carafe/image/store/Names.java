package carafe.image.store;

import org.jspecify.annotations.Nullable;

/**
 * The names that a pull or import gives to an image.
 *
 * @param tag full name with tag; it is taken away from the image that has it now
 * @param digest full name with the digest that was asked for or resolved to
 */
public record Names(@Nullable String tag, @Nullable String digest) {}
