// A submit that blocks, and a stream that tells of its job meanwhile: the job is known by our own
// id before there is any answer.

import Glibc
import Ledger
import Poller
import Synchronization
import Testing
import Wire

@Suite("Streams of submits that block") struct BlockingStreamTests {
  private static let done = #"{"id":"j","state":"done","url":"https://a.example.com/o"}"#

  @Test("its stream is opened, tried again while the job is not there, and has the verdict")
  func early() throws {
    let isSaid = Mutex(false)
    let tries = Mutex(0)
    let server = SmallServer { arrival, peer in
      guard arrival.path.hasPrefix("/events") else {
        for _ in 0..<20_000 where !isSaid.withLock({ $0 }) { usleep(1000) }
        return peer.answer(200, BlockingStreamTests.done)
      }
      let number = tries.withLock { count in
        count += 1
        return count
      }
      guard number > 1 else { return peer.answer(404, "{}") }
      peer.beginEvents()
      peer.send("data: \(BlockingStreamTests.done)\n\n")
      // The client leaves with the verdict; only then there is an answer.
      peer.waitForEnd()
      isSaid.withLock { $0 = true }
    }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(
      server,
      [
        "handle": ["client_id": "{{job.step_id}}", "external_id": "/id"],
        "submit": ["url": "/jobs", "body": "{{job.input}}", "timeout_s": 60],
        "status": ["url": "/jobs/{{handle.external_id}}", "grace_404_s": 60],
        "stream": ["url": "/events/{{handle.external_id}}", "messages": [["is": "status"]]],
        "limits": ["poll": ["start_s": 3600, "max_s": 3600, "slow_s": 3600, "jitter": 0]],
      ])
    try rig.submit("j", provider: "small")
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .succeeded && job.captured == Credits("5"))
    #expect(server.count("POST", "/jobs") == 1 && server.count("GET", "/jobs") == 0)
    #expect(server.count("GET", "/events") == 2)
    let told = try rig.events("j").compactMap { event in
      if case .jobNotified(let body) = event.event { body } else { nil }
    }
    #expect(told.map(\.reading) == [.succeeded] && told.first?.channel == .sse)
  }
}
