package dev.ioloop.nio;

import dev.ioloop.tck.Backend;
import dev.ioloop.tck.BackendContracts;

/** The contracts on NIO. */
@Backend("nio")
final class NioContractsTest extends BackendContracts {}
