/** Child processes whose exit and streams a loop waits for. */
@NullMarked
package dev.ioloop.process;

import org.jspecify.annotations.NullMarked;
