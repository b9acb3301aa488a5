package carafe.image.credential;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import carafe.image.reference.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks programs named {@code docker-credential-NAME}: {@code get} with the server on standard
 * input, answered by a JSON object on standard output. A program that fails is as one that has
 * nothing, and is logged: an image may be had without credentials. Thread-safe.
 */
public final class CredentialProgram {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialProgram.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAX_OUTPUT = 64 << 10;
    private static final String NOT_FOUND = "credentials not found";

    /** In place of a user name, when the secret is a token for the token server. */
    private static final String TOKEN_USER = "<token>";

    private final List<Path> directories;
    private final Duration deadline;

    /**
     * @param directories where programs are looked for, in this order
     * @param deadline how long one call may take
     */
    public CredentialProgram(List<Path> directories, Duration deadline) {
        this.directories = List.copyOf(directories);
        this.deadline = deadline;
    }

    /**
     * @param name without {@code docker-credential-}
     * @throws CarafeException.Precondition when no program can have that name, or none has it
     */
    Optional<RegistryAuth> get(String name, String server) {
        Path program = find(name);
        String said;
        try {
            said = run(program, server);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("program", program)
                    .addKeyValue("server", server)
                    .addKeyValue("error", e.getMessage())
                    .log("A credential helper failed; going on without credentials");
            return Optional.empty();
        }
        return said.contains(NOT_FOUND) ? Optional.empty() : Optional.of(parse(program, said));
    }

    private Path find(String name) {
        String file = "docker-credential-" + name;
        if (NAME.matcher(name).matches()) {
            for (Path directory : directories) {
                Path program = directory.resolve(file);
                if (Files.isExecutable(program)) {
                    return program;
                }
            }
        }
        throw new CarafeException.Precondition(
                "credential helper %s is not in %s".formatted(Excerpt.of(file), directories));
    }

    /** What the program says, whole; its failure is an IOException without anything it said. */
    private String run(Path program, String server) throws IOException {
        Process process =
                new ProcessBuilder(program.toString(), "get")
                        .directory(Path.of("/").toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        long end = System.nanoTime() + deadline.toNanos();
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread.ofVirtual().name("credential-helper").start(() -> talk(process, server, output));
        try {
            byte[] said = output.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (said.length > MAX_OUTPUT) {
                throw new IOException("it says more than %d bytes".formatted(MAX_OUTPUT));
            }
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new IOException("it does not end within " + deadline);
            }
            String text = new String(said, StandardCharsets.UTF_8);
            if (process.exitValue() != 0 && !text.contains(NOT_FOUND)) {
                throw new IOException("it exits with " + process.exitValue());
            }
            return text;
        } catch (TimeoutException e) {
            throw new IOException("it does not answer within " + deadline, e);
        } catch (ExecutionException e) {
            throw new IOException("it cannot be talked to: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the pull was given up", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void talk(Process process, String server, CompletableFuture<byte[]> output) {
        try (InputStream out = process.getInputStream()) {
            try (OutputStream in = process.getOutputStream()) {
                in.write(server.getBytes(StandardCharsets.UTF_8));
            }
            output.complete(out.readNBytes(MAX_OUTPUT + 1));
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }

    private static RegistryAuth parse(Path program, String said) {
        try {
            JsonNode root = JsonMapper.shared().readTree(said);
            String user = root.path("Username").asString("");
            String secret = root.path("Secret").asString("");
            if (!secret.isEmpty()) {
                return user.equals(TOKEN_USER)
                        ? new RegistryAuth("", "", "", "", secret, "")
                        : RegistryAuth.basic(user, secret);
            }
        } catch (JacksonException e) {
            // Said below, without what it said: that may be a secret.
        }
        throw new CarafeException.Precondition(
                "credential helper %s answers what is no credential".formatted(program));
    }
}
