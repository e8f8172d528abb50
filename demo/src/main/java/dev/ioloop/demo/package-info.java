/**
 * One executable jar with every example in it: {@link dev.ioloop.demo.Main} wires, and each command
 * is a program of its own, to be read and copied.
 */
@NullMarked
package dev.ioloop.demo;

import org.jspecify.annotations.NullMarked;
