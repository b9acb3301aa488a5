/**
 * What a user can set: nested records whose defaults are the documented defaults, read from TOML
 * files and flags. An unknown key is an error that names file and line.
 */
@NullMarked
package carafe.config;

import org.jspecify.annotations.NullMarked;
