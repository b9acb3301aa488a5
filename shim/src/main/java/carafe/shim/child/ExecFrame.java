package carafe.shim.child;

import carafe.shim.sys.Buffer;

/**
 * An Exec request as it came, not yet decoded, so that control's heap never holds it: the setup
 * child decodes its own copy. The buffer stays the caller's and may be freed after the fork.
 *
 * @param offset of the frame's body, which begins with the version byte
 * @param length of the body, bytes
 */
public record ExecFrame(Buffer buffer, int offset, int length) {}
