package dev.ioloop;

import org.jspecify.annotations.Nullable;

/**
 * One backend that was found on the class path or module path.
 *
 * @param name the name to pass to {@link IOLoop#configure} or {@link IOLoop#create(String)}
 * @param available whether loops can be created on it here
 * @param unavailabilityCause why it is not available, or null if it is
 */
public record Backend(String name, boolean available, @Nullable Throwable unavailabilityCause) {}
