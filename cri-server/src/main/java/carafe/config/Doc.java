package carafe.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The comment above a key in the documented default file; one sentence or two, unit included. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Doc {
    String value();

    /** Whether a daemon that runs takes a new value over when it is told to reload. */
    boolean live() default false;
}
