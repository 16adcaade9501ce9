// A home whose jobs are brought into every state through the books themselves, as the poller would.

import Ledger
import Posix
import Support
import Wire

/// Books with a story in them, and the programs to look at it.
final class Story {
  let home: CommandHome
  let books: Books

  /// An account `acme` with 100 credits.
  init() throws {
    home = try CommandHome()
    try Books.create(Home(home.path), program: "test", by: "tester")
    books = try Books(Home(home.path))
    try run(.grant(Grant(account: "acme", amount: Credits("100")!, reason: "to begin with")))
  }

  @discardableResult
  func run(_ action: Action) throws -> Receipt {
    try books.append(Command(action, actor: .poller, by: "test"))
  }

  /// A moment from now, seconds.
  func soon(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: Clock.wallMicroseconds()).advanced(seconds: seconds)
  }

  func submit(_ id: String, hold: String = "5") throws {
    try run(
      .submit(
        Submission(
          id: id, account: "acme", provider: "replicate", model: "owner/name",
          hold: Credits(hold)!, input: ["prompt": "a cat"],
          meta: JSONObject([.init("user", "42")]))))
  }

  func dispatch(_ id: String, patienceMilliseconds: UInt64 = 3_600_000) throws {
    try submit(id)
    try run(.job(id, .startDispatch(DispatchStart(nextAt: soon(60)))))
    var handle = FoundHandle(externalID: "x-\(id)")
    handle.patienceMilliseconds = patienceMilliseconds
    handle.urls = JSONObject([.init("status", "https://api.replicate.com/v1/x")])
    let exchange = Exchange(
      httpStatus: 201, latencyMilliseconds: 120, reply: Array(#"{"id":"x"}"#.utf8))
    try run(
      .job(
        id,
        .accept(
          Acceptance(via: .submit, handle: handle, exchange: exchange, nextAt: soon(2)))))
  }

  func observe(_ id: String, _ reading: Reading, _ change: (inout Observation) -> Void = { _ in })
    throws
  {
    var observation = Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: 200, latencyMilliseconds: 80),
      word: "processing", reading: reading, nextAt: soon(2))
    change(&observation)
    try run(.job(id, .observe(observation)))
  }

  func succeed(_ id: String, url: String = "https://replicate.delivery/a.mp4") throws {
    try dispatch(id)
    try observe(id, .pending) {
      $0.fraction = 380_000; $0.stage = "rendering"
    }
    try observe(id, .succeeded) {
      $0.word = "succeeded"
      $0.outputs = [.init(url: url, mediaType: "video/mp4")]
    }
  }

  func fail(_ id: String, message: String = "NSFW content detected") throws {
    try dispatch(id)
    try observe(id, .failed) {
      $0.word = "failed"
      $0.failureClass = .providerFailed
      $0.exchange.message = message
    }
  }

  /// A job in each state, named by its state.
  func everyState() throws {
    try submit("submitted")
    try submit("dispatching")
    try run(.job("dispatching", .startDispatch(DispatchStart(nextAt: soon(60)))))
    try dispatch("dispatched")
    try dispatch("running")
    try observe("running", .pending) { $0.fraction = 380_000 }
    try dispatch("overdue", patienceMilliseconds: 0)
    try observe("overdue", .pending)
    for (id, time) in [("uncertain", soon(30)), ("parked", nil)] as [(String, Timestamp?)] {
      try submit(id)
      try run(.job(id, .startDispatch(DispatchStart(nextAt: soon(60)))))
      let doubt = Doubt(
        fault: .timeout, exchange: Exchange(fault: .timeout, message: "no answer after 60 s"),
        reconcileAt: time, advice: "look at the provider's own list")
      try run(.job(id, .doubt(doubt)))
    }
    try succeed("succeeded")
    try fail("failed")
    try submit("canceled")
    try run(.job("canceled", .cancel(reason: "changed my mind")))
    try run(
      .submit(
        Submission(
          id: "expired", account: "acme", provider: "replicate", hold: Credits("1")!,
          holdExpires: .after(1))))
    while try books.read({ try $0.status(job: "expired", now: soon(0))?.state }) != .expired {
      _ = try? run(.job("expired", .expire()))
    }
  }
}
