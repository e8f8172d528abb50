package dev.ioloop.diagnostics;

/** Something to wait for, whose {@link Object#toString} tells people what it is. */
public interface Described {}
