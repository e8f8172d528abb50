package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** That virtual time runs every contract but those that need channels and threads. */
final class VirtualContractsTest {
  @Test
  void noContractIsLeftOut() {
    assertThat(Contracts.notRunBeside(VirtualContractsTest.class))
        .containsExactly(
            "AddressContract",
            "ClientContract",
            "ContextHandlerContract",
            "HandlerArgumentContract",
            "HandlerContract",
            "LeakContract",
            "ManagementContract",
            "PipeContract",
            "ServerContract",
            "ServerLoopsContract",
            "ServerOptionsContract",
            "SocketContract",
            "StreamFaultContract",
            "StreamTransportContract",
            "ThreadContract",
            "TlsContract",
            "TlsEndContract",
            "TlsFailureContract",
            "TlsNameContract",
            "TlsProviderContract",
            "TlsRationContract",
            "WatchdogContract");
  }
}
