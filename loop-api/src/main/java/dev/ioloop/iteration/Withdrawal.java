package dev.ioloop.iteration;

/**
 * The release of an owned future that is run by everything that ends the future from outside, and
 * not by a cancellation only.
 */
public interface Withdrawal extends Runnable {}
