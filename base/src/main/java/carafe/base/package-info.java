/** What every other module stands on: ids, errors, rollback, locks, task scopes, atomic files. */
@NullMarked
package carafe.base;

import org.jspecify.annotations.NullMarked;
