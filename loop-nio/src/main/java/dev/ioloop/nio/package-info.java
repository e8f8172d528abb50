/** The backend "nio", found by {@link java.util.ServiceLoader}. Users name no class of it. */
@NullMarked
package dev.ioloop.nio;

import org.jspecify.annotations.NullMarked;
