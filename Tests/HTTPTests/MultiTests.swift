// Many requests on one thread: capacity, keep-alive, wake-ups, and nothing left over.

import Glibc
import Posix
import Testing

@testable import HTTP

@Suite("Multi")
struct MultiTests {
  @Test("1,000 requests share 8 connections, and each reply carries its own tag")
  func thousand() throws {
    let server = LoopbackServer { .answer($0.path) }
    defer { server.stop() }
    let multi = try Multi.forTests(connections: 8)
    var next: UInt64 = 0
    var seen: Set<UInt64> = []
    var most = 0
    while seen.count < 1000 {
      while multi.hasCapacity && next < 1000 {
        multi.start(HTTPRequest(.get, "\(server.url)/\(next)"), tag: next)
        next += 1
      }
      most = max(most, multi.inFlight)
      for completion in multi.wait(timeoutMilliseconds: 1000) {
        let response = try completion.result.get()
        #expect(response.body == Array("/\(completion.tag)".utf8))
        #expect(seen.insert(completion.tag).inserted)
      }
    }
    #expect(most == 8)
    #expect(multi.inFlight == 0)
    #expect(server.connections == 8)
    #expect(server.requests.count == 1000)
  }

  @Test("every descriptor is given back when a Multi is gone, requests in flight or not")
  func noLeaks() async {
    // In a process of its own: other tests open descriptors at the same time.
    await #expect(processExitsWith: .success) {
      let server = LoopbackServer { $0.path == "/hang" ? .silence : .answer("ok") }
      let before = Sockets.openDescriptors
      for _ in 0..<20 { try leaveInFlight(server) }
      while server.openConnections > 0 { usleep(1000) }
      // The runtime has descriptors of its own that come and go; a leak would be one a round.
      exit(Sockets.openDescriptors < before + 20 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test("without a free descriptor a request fails unsent, and works again when there is one")
  func exhaustion() async {
    await #expect(processExitsWith: .success) {
      let server = LoopbackServer { _ in .answer("ok") }
      let multi = try Multi.forTests()
      var fillers: [Int32] = []
      while let filler = Optional(dup(0)), filler >= 0 { fillers.append(filler) }
      let error = multi.error(of: HTTPRequest(.post, server.url, mustNotRepeat: true))
      for filler in fillers { close(filler) }
      let status = try multi.run(HTTPRequest(.get, server.url)).get().status
      let isRight = error?.kind == .localResources && error?.nothingWasSent == true
      exit(isRight && status == 200 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test("a handle used for a failing request serves the next one as if new")
  func reuse() throws {
    let server = LoopbackServer { request in
      switch request.path {
      case "/big": .endless("HTTP/1.1 200 OK\r\n\r\n", chunk: "xxxxxxxx")
      case "/half": .rawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
      default: .answer(request.line + request.fields.joined())
      }
    }
    defer { server.stop() }
    let multi = try Multi.forTests(connections: 1)
    let plain = HTTPRequest(.get, server.url + "/plain")
    let first = try multi.run(plain).get()
    for path in ["/big", "/half"] {
      let error = multi.error(
        of: HTTPRequest(
          .post, server.url + path, headers: ["X-Secret": "s"], body: [1, 2], maxResponseBytes: 99))
      #expect(error != nil)
      #expect(try multi.run(plain).get().body == first.body)
    }
    #expect(multi.error(of: HTTPRequest(.get, "nonsense"))?.kind == .malformedURL)
    #expect(try multi.run(plain).get().body == first.body)
  }

  @Test("one slow request does not hold up the others")
  func slowNeighbour() throws {
    let server = LoopbackServer { $0.path == "/slow" ? .silence : .answer("ok") }
    defer { server.stop() }
    let multi = try Multi.forTests(connections: 2)
    multi.start(HTTPRequest(.get, server.url + "/slow", totalTimeoutSeconds: 60), tag: 1)
    for tag in 2..<52 {
      multi.start(HTTPRequest(.get, server.url + "/quick"), tag: UInt64(tag))
      var done: [Multi.Completion] = []
      while done.isEmpty { done = multi.wait(timeoutMilliseconds: 1000) }
      #expect(done.map(\.tag) == [UInt64(tag)])
    }
    #expect(multi.inFlight == 1)
  }

  @Test("a wake-up from another thread ends a wait, also one that has not begun")
  func wake() throws {
    let multi = try Multi.forTests()
    multi.waker.wake()
    multi.waker.wake()
    #expect(multi.wait(timeoutMilliseconds: 60_000).isEmpty)
    let waker = multi.waker
    startThread { waker.wake() }
    // Were the wake-up lost, this would take the minute that the time limit forbids.
    #expect(multi.wait(timeoutMilliseconds: 60_000).isEmpty)
  }

  @Test("a watched file ends a wait each time it is written; one that is not there is not watched")
  func watch() throws {
    let multi = try Multi.forTests()
    let folder = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(folder) }
    let path = folder + "/file"
    #expect(!multi.watch(file: path))
    try FileSystem.replace(path, with: [0])
    #expect(multi.watch(file: path))
    for _ in 1...3 {
      let file = try File(path, O_WRONLY)
      try file.write([1], at: 0)
      // Were the write not noticed, this would take the minute that the time limit forbids.
      #expect(multi.wait(timeoutMilliseconds: 60_000).isEmpty)
    }
    multi.unwatch()
  }

  @Test("a wait with nothing to do ends when its time is over")
  func idleWait() throws {
    let multi = try Multi.forTests()
    #expect(multi.wait(timeoutMilliseconds: 0).isEmpty)
    #expect(multi.wait(timeoutMilliseconds: 5).isEmpty)
    #expect(multi.hasCapacity && multi.inFlight == 0)
  }

  @Test("starting without capacity stops the process")
  func overCapacity() async {
    await #expect(processExitsWith: .failure) { try startWithoutCapacity() }
  }

  @Test("a second thread stops the process")
  func secondThread() async {
    await #expect(processExitsWith: .failure) { try useOnSecondThread() }
  }
}

private func startWithoutCapacity() throws {
  let multi = try Multi.forTests(connections: 1)
  multi.start(HTTPRequest(.get, "nonsense"), tag: 1)
  multi.start(HTTPRequest(.get, "nonsense"), tag: 2)
}

private func useOnSecondThread() throws {
  nonisolated(unsafe) let multi = try Multi.forTests(connections: 1)
  startThread { _ = multi.wait(timeoutMilliseconds: 0) }
  while true { sleep(1) }
}

/// Three requests hang and one has ended when the `Multi` goes.
private func leaveInFlight(_ server: LoopbackServer) throws {
  let multi = try Multi.forTests(connections: 4)
  let before = server.requests.count
  for tag in 0..<3 { multi.start(HTTPRequest(.get, server.url + "/hang"), tag: UInt64(tag)) }
  _ = multi.run(HTTPRequest(.get, server.url))
  while server.requests.count < before + 4 { _ = multi.wait(timeoutMilliseconds: 10) }
}
