/**
 * The contracts, for authors of backends. Each class tests one part of the promises of every
 * backend. A backend runs them all with one class:
 *
 * <pre>
 * &#64;Backend("nio")
 * final class NioContractsTest extends BackendContracts {}
 * </pre>
 *
 * <p>A backend declares what it cannot do as a {@link dev.ioloop.tck.Capability}. Tests that need
 * it are skipped, and the report says why.
 */
@NullMarked
package dev.ioloop.tck;

import org.jspecify.annotations.NullMarked;
