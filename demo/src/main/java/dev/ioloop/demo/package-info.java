/**
 * One executable jar with every example: {@link dev.ioloop.demo.Main} wires the commands, and each
 * command is a program of its own, to be read and copied.
 */
@NullMarked
package dev.ioloop.demo;

import org.jspecify.annotations.NullMarked;
