package dev.ioloop.netty;

import dev.ioloop.tck.Backend;
import dev.ioloop.tck.BackendContracts;

/** The contracts on kqueue: skipped, with the reason, where there is none. */
@Backend("kqueue")
final class KQueueContractsTest extends BackendContracts {}
