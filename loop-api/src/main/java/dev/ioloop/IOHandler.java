package dev.ioloop;

/**
 * A handler that the loop calls on its thread when a channel passed to {@link IOLoop#addHandler} is
 * ready.
 */
@FunctionalInterface
public interface IOHandler {

  /**
   * Handles readiness. Level-triggered: while the channel stays ready, every poll calls the handler
   * again. An exception goes to the loop's exception handler, and the loop goes on.
   *
   * @param events {@link IOLoop#READ}, {@link IOLoop#WRITE}, {@link IOLoop#ERROR} or a combination
   */
  void handle(int events) throws Exception;
}
