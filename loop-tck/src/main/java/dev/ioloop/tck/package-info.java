/**
 * The contracts, for whoever writes a backend. Each class states one part of what every backend
 * promises. A backend runs them all with one class:
 *
 * <pre>
 * &#64;Backend("nio")
 * final class NioContractsTest extends BackendContracts {}
 * </pre>
 *
 * <p>What a backend cannot do it names as a {@link dev.ioloop.tck.Capability}; tests that need it
 * are skipped, and the report says why.
 *
 * <p>The numbers G1 to G49 in the comments are those of the guarantees in {@code docs/tornado.md}.
 */
@NullMarked
package dev.ioloop.tck;

import org.jspecify.annotations.NullMarked;
