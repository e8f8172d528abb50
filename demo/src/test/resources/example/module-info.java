module example {
  requires dev.ioloop;
}
