// The simulated providers. In a file of its own, because the books and the simulator both have a
// `Fault` and an `Outcome`.

import Foundation
import FoundationNetworking
@testable import Simulator
import Synchronization
import Wire

/// Providers on loopback.
struct Outside {
  private let simulator: Simulator

  init(
    port: Int = 0, faults: String = "", outcomes: String = "", pace: String = "0.2-0.6",
    seed: UInt64 = 1,
    recordings: [(name: String, bytes: [UInt8])] = [], isTLS: Bool = false
  ) throws {
    var options = SimulatorOptions(port: port, seed: seed, pace: try Pace(parsing: pace))
    if !faults.isEmpty { options.faults = try Fault.parse(faults) }
    if !outcomes.isEmpty { options.outcomes = try OutcomeShares(parsing: outcomes) }
    options.recordings = try recordings.map { try Recording(name: $0.name, parsing: $0.bytes) }
    options.usesTLS = isTLS
    simulator = try Simulator.start(options)
  }

  var port: Int { simulator.port }

  var address: String { simulator.address }

  /// Where a provider is.
  func address(of provider: String) -> String { simulator.address(of: provider) ?? address }

  /// Of certificates, with https.
  var authority: String { simulator.authority ?? "" }

  var stats: JSON { simulator.stats }

  /// Ids of all predictions, oldest first, as the provider's list shows them.
  var predictions: [String] {
    var request = URLRequest(url: URL(string: address + "/v1/predictions")!)
    request.setValue("Bearer r8_canary", forHTTPHeaderField: "Authorization")
    let done = DispatchSemaphore(value: 0)
    let body = Mutex<[UInt8]>([])
    URLSession.shared.dataTask(with: request) { data, _, _ in
      body.withLock { $0 = Array(data ?? Data()) }
      done.signal()
    }.resume()
    done.wait()
    let list = try? JSON(parsing: body.withLock { $0 })
    return list?["results"]?.array?.compactMap { $0["id"]?.string }.reversed() ?? []
  }

  func stop() { simulator.stop() }

  /// POSTs that came although an earlier one was not refused.
  var submittedTwice: [String] { stats["submitted_twice"]?.array?.compactMap(\.string) ?? [] }

  /// POSTs of submits that arrived whole.
  var posts: Int { stats["posts"]?.array?.compactMap { $0["posts"]?.int }.reduce(0, +) ?? 0 }

  /// Requests of one route and answer.
  func requests(_ route: String, _ status: String) -> Int {
    stats["requests"]?[route]?[status]?.int ?? 0
  }

  func struck(_ fault: String) -> Int { stats["faults"]?[fault]?.int ?? 0 }
}

extension Outside {
  /// Every fault that can strike requests of a phase, as specifications that strike `times` times:
  /// all statuses that stand for the provider's own failures, and every other kind.
  static func faults(striking phase: String, times: Int) -> [String] {
    let phase = Phase(rawValue: phase)!
    return FaultKind.allCases.filter { $0.onlyPhases?.contains(phase) ?? true }
      .flatMap { kind -> [String] in
        switch kind {
        case .unavailable: ["408", "500", "502", "503", "504", "524"]
        // Above the tests' own timeout.
        case .delay: ["delay:1:3"]
        // Not bounded by the job's age, which is any when it is first asked for, but by `times`.
        case .missing: ["404:60"]
        case .throttled: ["429", "429:1:1"]
        case .throttledUntil: ["429-date:1:1"]
        default: [kind.rawValue]
        }
      }
      .map { "\(phase.rawValue)/\($0)*\(times)" }
  }

  static var kinds: Int { FaultKind.allCases.count }

  /// Strikes of any fault.
  var strikes: Int {
    stats["faults"]?.object?.members.compactMap(\.value.int).reduce(0, +) ?? 0
  }
}
