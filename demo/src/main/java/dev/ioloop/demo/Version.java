package dev.ioloop.demo;

import picocli.CommandLine.IVersionProvider;

/** Prints the versions of the jar, of the JVM and of the system. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "ioloop-demo " + (version == null ? "(not from its jar)" : version),
      "Java ${java.version} (${java.vendor}), ${os.name} ${os.arch}"
    };
  }
}
