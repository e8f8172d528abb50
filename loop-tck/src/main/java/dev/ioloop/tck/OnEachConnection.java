package dev.ioloop.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs the tests of a {@link StreamContract} for each {@link Connection} and each coroutine engine.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ClassTemplate
@ExtendWith(OnEachConnection.Connections.class)
@interface OnEachConnection {

  /** All pairs of an engine and a kind of connection. */
  final class Connections implements ClassTemplateInvocationContextProvider {

    /** Made by JUnit. */
    public Connections() {}

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
      return true;
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
        ExtensionContext context) {
      return Arrays.stream(Connection.values())
          .flatMap(
              connection ->
                  Stream.of("continuation", "thread")
                      .map(make -> new Use(new OnEachGenerator.Make(make), connection)));
    }
  }

  /** One pair, chosen for each test. */
  record Use(OnEachGenerator.Make make, Connection connection)
      implements ClassTemplateInvocationContext, BeforeEachCallback {

    @Override
    public String getDisplayName(int invocationIndex) {
      return connection + ", " + make.name();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(make, this);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
      context
          .getRequiredTestInstances()
          .findInstance(StreamContract.class)
          .orElseThrow()
          .use(connection);
    }
  }
}
