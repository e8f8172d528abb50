package dev.ioloop.diagnostics;

/** Something to wait for, whose {@link Object#toString} describes it to users. */
public interface Described {}
