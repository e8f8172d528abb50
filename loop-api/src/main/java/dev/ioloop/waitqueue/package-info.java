/**
 * Waiting in line, shared by {@link dev.ioloop.locks} and {@link dev.ioloop.queues}. Not exported.
 */
@NullMarked
package dev.ioloop.waitqueue;

import org.jspecify.annotations.NullMarked;
