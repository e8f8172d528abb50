package dev.ioloop.netty;

import dev.ioloop.tck.Backend;
import dev.ioloop.tck.BackendContracts;

/** The contracts on epoll. */
@Backend("epoll")
final class EpollContractsTest extends BackendContracts {}
