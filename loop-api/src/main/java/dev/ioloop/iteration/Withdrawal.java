package dev.ioloop.iteration;

/**
 * The release of an owned future that runs whenever the future is completed from outside, not only
 * when it is cancelled.
 */
public interface Withdrawal extends Runnable {}
