// Jobs whose provider has succeeded and whose outputs are to be saved, at the pace of tests.

import Ledger
import Poller
import Posix
import Support
import Wire

/// A rig with a store.
struct SaveRig {
  let rig: Rig
  let server: StoreServer
  let folder: String

  init(
    bucket: Bool = false, token: String? = nil, captureOn: String = "stored",
    limits: [String: JSON] = [:]
  ) throws {
    server = try token.map { try StoreServer("--token", $0) } ?? StoreServer()
    rig = try Rig(Outside(pace: "0.1"), limits: limits)
    folder = rig.home.path + "/outputs"
    try FileSystem.makeDirectories(folder)
    try set("store", bucket ? "s3://outputs/kept" : "file://" + folder)
    if bucket { try set("store_endpoint", server.address) }
    try set("capture_on", captureOn)
  }

  func set(_ policy: String, _ value: String) throws {
    try rig.run(.setPolicy(name: policy, value: value))
  }

  /// A job that the provider has finished with these outputs.
  func finished(_ id: String, _ outputs: [Observation.Output], account: String = "acme") throws {
    var submission = Submission(
      id: id, account: account, provider: "replicate", hold: Credits("5")!)
    submission.model = "acme/clip"
    let handle = FoundHandle(externalID: "at-provider-\(id)")
    try rig.run(.track(Tracking(submission: submission, hasHold: true, handle: handle)))
    var observation = Observation(source: .poll(.status), reading: .succeeded)
    observation.outputs = outputs
    try rig.run(.job(id, .observe(observation)))
  }

  func finished(_ id: String, _ urls: String...) throws {
    try finished(id, urls.map { Observation.Output(url: $0, mediaType: "video/mp4") })
  }

  var environment: [String: String] {
    rig.environment.merging([
      "AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "test-secret",
    ]) { $1 }
  }

  func options(_ mode: PollerOptions.Mode = .drain) -> PollerOptions {
    var options = rig.options(mode)
    let environment = environment
    options.environment = { environment[$0] }
    options.savePace.startSeconds = 0.05
    options.savePace.maxSeconds = 0.2
    options.savePace.idleSeconds = 1
    return options
  }

  @discardableResult
  func poll(_ change: (inout PollerOptions) -> Void = { _ in }) throws -> PollerEnding {
    var options = options()
    change(&options)
    return try rig.poll(options)
  }

  func state(_ id: String) throws -> JobState { try rig.state(id) }

  func stored(_ id: String) throws -> [JSON] {
    try rig.books.read { snapshot in
      try snapshot.status(job: id, now: Timestamp(microseconds: 0))?.outputs.map {
        $0["stored"] ?? .null
      } ?? []
    }
  }

  func messages(_ id: String) throws -> [String] {
    let failures = try rig.events(id).compactMap { event -> BlobReference? in
      if case .jobStoreFailed(let body) = event.event { body.message } else { nil }
    }
    return try rig.books.read { snapshot in try failures.compactMap { try snapshot.text($0) } }
  }

  /// Files under the store's folder, without what grows there.
  func files() throws -> [String] { try SaveRig.files(in: folder, "").sorted() }

  /// What lies where files grow.
  func leftovers() throws -> [String] {
    let hidden = try FileSystem.list(folder).filter { $0.hasPrefix(".") }
    return try hidden.flatMap { try FileSystem.list("\(folder)/\($0)") }
      + FileSystem.list(rig.home.path + "/store-tmp")
  }

  private static func files(in folder: String, _ prefix: String) throws -> [String] {
    try FileSystem.list(folder).filter { !$0.hasPrefix(".") }.flatMap { name in
      let path = "\(folder)/\(name)"
      return try FileSystem.status(path)?.isDirectory == true
        ? try files(in: path, "\(prefix)\(name)/") : ["\(prefix)\(name)"]
    }
  }
}
