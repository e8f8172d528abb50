// The floor of the echo benchmark: one thread, level-triggered epoll, no more calls than needed.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, BUFFER = 64 * 1024 };

static char buffer[BUFFER];

// Sends all, waiting for the peer where it must. It keeps the others waiting, too, but the
// benchmark's client reads what comes.
static int send_all(int fd, long count) {
  for (long sent = 0; sent < count;) {
    ssize_t n = send(fd, buffer + sent, count - sent, MSG_NOSIGNAL);
    if (n < 0) return -1;
    sent += n;
  }
  return 0;
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1024) < 0) {
    perror("listen");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("ready %d\n", ntohs(address.sin_port));
  fflush(stdout);

  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = STDIN_FILENO;
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);

  struct epoll_event events[EVENTS];
  for (;;) {
    int found = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < found; i++) {
      int fd = events[i].data.fd;
      if (fd == STDIN_FILENO) return 0;
      if (fd == listener) {
        int one = 1;
        event.data.fd = accept(listener, NULL, NULL);
        setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      ssize_t count = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (count == 0 || count > 0 && send_all(fd, count) < 0) close(fd);
    }
  }
}
