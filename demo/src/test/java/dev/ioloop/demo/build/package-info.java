/** Tests of all published modules together: their exported signatures and their architecture. */
@NullMarked
package dev.ioloop.demo.build;

import org.jspecify.annotations.NullMarked;
