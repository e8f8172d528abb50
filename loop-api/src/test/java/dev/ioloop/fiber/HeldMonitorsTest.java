package dev.ioloop.fiber;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On which virtual machines and JDKs monitors are known to be kept. */
class HeldMonitorsTest {

  @ParameterizedTest
  @ValueSource(strings = {"OpenJDK 64-Bit Server VM", "Java HotSpot(TM) 64-Bit Server VM"})
  void hotSpotIsKnown(String vmName) {
    assertThat(HeldMonitors.doubtOn(24, vmName)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Eclipse OpenJ9 VM", "Zing 64-Bit Tiered VM", "Substrate VM", ""})
  void otherVirtualMachinesAreNotFromJdk24On(String vmName) {
    assertThat(HeldMonitors.doubtOn(23, vmName)).isNull();
    assertThat(HeldMonitors.doubtOn(24, vmName)).contains(vmName, "synchronized");
  }

  @Test
  void newerJdkThanTheTestedOnesIsRemarkedOn() {
    assertThat(HeldMonitors.remarkOn(25)).isNull();
    assertThat(HeldMonitors.remarkOn(26)).contains("JDK 25", "JDK 26", "synchronized");
  }
}
