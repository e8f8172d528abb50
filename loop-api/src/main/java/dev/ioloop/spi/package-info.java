/**
 * The interface between the loop and its backends. A backend supplies a {@link
 * dev.ioloop.spi.PollerProvider}, found by {@link java.util.ServiceLoader}; the loop asks it for
 * one {@link dev.ioloop.spi.Poller} and drives that poller from the loop's thread.
 */
@NullMarked
package dev.ioloop.spi;

import org.jspecify.annotations.NullMarked;
