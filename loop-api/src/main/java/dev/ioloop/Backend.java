package dev.ioloop;

import org.jspecify.annotations.Nullable;

/**
 * One backend that was found on the class or module path.
 *
 * @param name the name to give to {@link IOLoop#configure} or {@link IOLoop#create(String)}
 * @param available whether loops can be made on it here
 * @param unavailabilityCause why not, or null where it is available
 */
public record Backend(String name, boolean available, @Nullable Throwable unavailabilityCause) {}
