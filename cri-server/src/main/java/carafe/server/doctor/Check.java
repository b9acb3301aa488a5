package carafe.server.doctor;

import java.util.List;

/** Looks at one side of the machine; changes nothing. */
@FunctionalInterface
interface Check {
    List<Finding> run();
}
