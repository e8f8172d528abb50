/**
 * The examples of the guides in docs and of the Javadoc. A region between two comments is copied
 * there as it is, and {@link dev.ioloop.demo.guide.GuideTextTest} compares the two.
 */
@NullMarked
package dev.ioloop.demo.guide;

import org.jspecify.annotations.NullMarked;
