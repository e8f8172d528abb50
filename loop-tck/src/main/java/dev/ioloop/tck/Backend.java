package dev.ioloop.tck;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the backend that a subclass of {@link BackendContracts} tests. */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Backend {

  /** The backend's name, as its provider gives it. */
  String value();

  /**
   * The capabilities that the backend lacks. Tests that need one are skipped, and the report says
   * why.
   */
  Capability[] lacks() default {};
}
