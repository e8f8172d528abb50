package dev.ioloop.demo.serve;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/**
 * The header fields of a request, limited in number: each takes at least a hundred bytes, however
 * short it is, so eight kilobytes of empty ones would take hundreds of kilobytes.
 */
final class FewHeaders extends DefaultHttpHeaders {
  static final int MAX = 100;

  static final HttpHeadersFactory FACTORY =
      new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
          return new FewHeaders();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
          return new FewHeaders();
        }
      };

  @Override
  public HttpHeaders add(CharSequence name, Object value) {
    if (size() >= MAX) {
      throw new TooLongHttpHeaderException("a request has at most " + MAX + " header fields");
    }
    return super.add(name, value);
  }
}
