package dev.ioloop;

/** Called on the loop's thread when a channel given to {@link IOLoop#addHandler} is ready. */
@FunctionalInterface
public interface IOHandler {

  /**
   * Handles readiness. Level-triggered: as long as the channel stays ready, every poll calls again.
   * What it throws goes to the loop's exception handler, and the loop goes on.
   *
   * @param events {@link IOLoop#READ}, {@link IOLoop#WRITE}, {@link IOLoop#ERROR} or a combination
   */
  void handle(int events) throws Exception;
}
