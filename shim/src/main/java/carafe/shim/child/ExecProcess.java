package carafe.shim.child;

/**
 * A process to run in a container that exists.
 *
 * @param json the OCI runtime-spec {@code process} object as UTF-8, without args, env and cwd
 * @param args argv, at least one
 * @param env entries {@code NAME=value}
 * @param cwd absolute working directory in the container
 */
@SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
public record ExecProcess(byte[] json, byte[][] args, byte[][] env, byte[] cwd) {}
