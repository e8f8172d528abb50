package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoopMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The view of a loop through JMX. */
@Needs({Capability.REAL_TIME, Capability.ORDER})
public abstract class ManagementContract extends LoopContract {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private final String threadName = "managed-" + System.nanoTime();
  private final Future<ObjectName> registered = new Future<>();
  private final NotificationListener listener =
      (notification, handback) -> {
        if (notification.getType().equals(MBeanServerNotification.REGISTRATION_NOTIFICATION)) {
          ObjectName name = ((MBeanServerNotification) notification).getMBeanName();
          if (name.getDomain().equals("dev.ioloop")
              && bean(name).getDescription().contains(threadName)) {
            registered.setResult(name);
          }
        }
      };

  /** Made by subclasses. */
  protected ManagementContract() {}

  private static IOLoopMXBean bean(ObjectName name) {
    return JMX.newMXBeanProxy(SERVER, name, IOLoopMXBean.class);
  }

  @BeforeEach
  final void listen() throws Exception {
    SERVER.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener, null, null);
  }

  @AfterEach
  final void ignore() throws Exception {
    SERVER.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
  }

  @Test
  void runningLoopIsShownUntilItStops() {
    Thread.currentThread().setName(threadName);
    AtomicReference<ObjectName> seen = new AtomicReference<>();
    loop.runSync(
        () -> {
          coroutine(named("patient", () -> await(new Future<Void>())));
          seen.set(await(registered));
          IOLoopMXBean bean = bean(seen.get());
          String dump = await(loop.runInExecutor(bean::dump));
          assertThat(dump).contains("coroutine \"patient\", suspended for ");
          assertThat(bean.getBackend()).isEqualTo(loop.backend());
          assertThat(bean.getTurns()).isPositive();
          assertThat(bean.getCallbacks()).isPositive();
          assertThat(bean.getPolls()).isPositive();
          assertThat(bean.getCoroutinesSuspended()).isEqualTo(1);
          assertThat(bean.getTimeoutsPending()).isZero();
          assertThat(bean.getSlowCallbacks()).isEmpty();
        });
    assertThat(SERVER.isRegistered(seen.get())).isFalse();
  }

  @Test
  void loopThatIsBlockedIsShownByItsStack() {
    Thread.currentThread().setName(threadName);
    loop.runSync(
        () -> {
          IOLoopMXBean bean = bean(await(registered));
          AtomicReference<String> dump = new AtomicReference<>();
          Thread asker = new Thread(() -> dump.set(bean.dump()));
          asker.start();
          asker.join(); // blocks
          assertThat(dump.get())
              .contains("BLOCKED", "the coroutine of ", "loopThatIsBlockedIsShownByItsStack");
        });
  }
}
