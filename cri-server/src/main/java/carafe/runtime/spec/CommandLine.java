package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import carafe.runtime.api.ContainerSpec;
import java.util.List;
import java.util.stream.Stream;

/** The arguments of the first process: the request's, or the image's where it says nothing. */
final class CommandLine {
    private CommandLine() {}

    static List<String> of(ContainerSpec container, ImageConfig image) {
        List<String> args = join(container, image);
        if (args.isEmpty() || args.getFirst().isEmpty()) {
            throw new CarafeException.Invalid(
                    "container %s has no command: neither the request nor the image %s names one"
                            .formatted(container.metadata().name(), container.image().image()));
        }
        args.forEach(each -> Texts.withoutNul("an argument", each));
        return args;
    }

    private static List<String> join(ContainerSpec container, ImageConfig image) {
        if (!container.command().isEmpty()) {
            return Stream.concat(container.command().stream(), container.args().stream()).toList();
        }
        List<String> args = container.args().isEmpty() ? image.cmd() : container.args();
        return Stream.concat(image.entrypoint().stream(), args.stream()).toList();
    }
}
