package carafe.shim.wire;

/** One frame of the conversation between daemon and shim. */
public sealed interface Message permits Request, Reply {}
