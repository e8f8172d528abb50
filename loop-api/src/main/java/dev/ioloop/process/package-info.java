/** Child processes that a loop waits for. */
@NullMarked
package dev.ioloop.process;

import org.jspecify.annotations.NullMarked;
