package carafe.runtime.state;

/** Something with an id of ours. */
public sealed interface Identified permits PodRecord, ContainerRecord {
    String id();
}
