/** The command {@code serve}: a web server on Netty whose handlers are coroutines. */
@NullMarked
package dev.ioloop.demo.serve;

import org.jspecify.annotations.NullMarked;
