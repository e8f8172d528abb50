/** What streams and sockets have in common about the paths of unix domain sockets. Not exported. */
@NullMarked
package dev.ioloop.unix;

import org.jspecify.annotations.NullMarked;
