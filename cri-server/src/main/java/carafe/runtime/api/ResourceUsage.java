package carafe.runtime.api;

import carafe.linux.cgroup.CgroupUsage;
import org.jspecify.annotations.Nullable;

/**
 * A sample of what a pod or container has used.
 *
 * @param atNanos Unix time of the sample
 * @param nanoCores CPU nanoseconds per second since the sample before, or since the start if there
 *     is none; absent when that cannot be told
 */
public record ResourceUsage(long atNanos, CgroupUsage used, @Nullable Long nanoCores) {}
