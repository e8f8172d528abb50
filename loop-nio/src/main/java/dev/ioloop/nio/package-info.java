/**
 * The backend "nio", found by {@link java.util.ServiceLoader}. Users need no class of this package.
 */
@NullMarked
package dev.ioloop.nio;

import org.jspecify.annotations.NullMarked;
