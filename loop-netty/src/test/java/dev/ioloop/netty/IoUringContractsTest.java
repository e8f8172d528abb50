package dev.ioloop.netty;

import dev.ioloop.tck.Backend;
import dev.ioloop.tck.BackendContracts;

/** The contracts on io_uring. */
@Backend("io_uring")
final class IoUringContractsTest extends BackendContracts {}
