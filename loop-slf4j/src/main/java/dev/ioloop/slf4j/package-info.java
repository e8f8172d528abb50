/** SLF4J's mapped diagnostic context, found by {@link java.util.ServiceLoader}. */
@NullMarked
package dev.ioloop.slf4j;

import org.jspecify.annotations.NullMarked;
