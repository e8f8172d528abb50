/**
 * The examples of docs/coroutines.md. A region between two comments is copied there as it is, and
 * {@link dev.ioloop.demo.guide.GuideTextTest} compares the two.
 */
@NullMarked
package dev.ioloop.demo.guide;

import org.jspecify.annotations.NullMarked;
