// ledger serve: the HTTP server as a program, with the poller beside it when asked for.

import CommandLine
import Glibc
import Ledger
import Poller
import Posix
import Programs
import Providers
import Server
import Wire

enum ServeCommand {
  static func run(_ surroundings: Surroundings, _ arguments: Arguments) throws -> ExitCode {
    let output = surroundings.output
    Descriptors.raiseLimit()
    let books = try surroundings.books()
    var options = ServerOptions { Timestamp(microseconds: Clock.wallMicroseconds()) }
    options.listen = arguments.string("listen") ?? ServerOptions.listenDefault
    options.publicURL = arguments.string("public-url")
    options.allowedOrigins = Set(arguments.strings("allow-origin"))
    options.requestsPerSecond = arguments.integer("rate") ?? options.requestsPerSecond
    options.connections = arguments.integer("connections") ?? options.connections
    options.connectionsOfAnAddress = arguments.integer("per-address") ?? 0
    options.version = Product.version
    let profiles = ProfileCache(books.home)
    let ended = Ending()
    let watch = SignalWatch { ended.request() }
    watch.start()
    let server = try Server(
      books, options,
      profiles: { profiles.profile($0) },
      report: { output.warning($0) })
    let poller = arguments.flag("poll") ? PollerThread(books, output, ended) : nil
    let address = "http://\(server.address)/"
    if output.settings.isJSON {
      output.json(["address": .string(address)])
    } else {
      output.line("serving \(address)")
    }
    output.flush()
    let supervision = Supervision("serving \(address)") {
      server.isAlive && poller?.isAlive ?? true
    }
    defer { supervision.stop() }
    ended.wait()
    supervision.ending()
    poller?.request()
    server.stop()
    try poller?.stop()
    return watch.exitCode
  }
}

/// What ends a server: a signal, or its poller's failure.
final class Ending: Sendable {
  private let waker: Waker?

  init() { waker = try? Waker() }

  func request() { waker?.wake() }

  func wait() {
    guard let waker else { return }
    var descriptor = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
    while unsafe poll(&descriptor, 1, -1) < 0 {}
  }
}
