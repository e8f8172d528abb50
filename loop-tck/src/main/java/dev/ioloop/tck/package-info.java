/**
 * The contract suite. Each class states one part of what every backend promises; a backend runs it
 * with a subclass of a few lines that makes its loop:
 *
 * <pre>
 * final class NioCallbackTest extends CallbackContract {
 *   &#64;Override
 *   protected IOLoop newLoop() {
 *     return IOLoop.create("nio");
 *   }
 * }
 * </pre>
 *
 * <p>The numbers G1 to G49 in the comments are those of the guarantees in {@code docs/tornado.md}.
 */
@NullMarked
package dev.ioloop.tck;

import org.jspecify.annotations.NullMarked;
