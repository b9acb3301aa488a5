package carafe.shim.sys;

/** Every system call the shim makes, grouped by what it is about. */
public record Syscalls(
        FileCalls files,
        ProcessCalls processes,
        CredentialCalls credentials,
        MountCalls mounts,
        SocketCalls sockets,
        WaitCalls waits,
        Memory memory) {}
