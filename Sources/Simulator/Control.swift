// `/_simulator/...`: what the simulator has seen, for whoever tests against it.
import Wire

/// The simulator's own routes; faults never strike them.
enum Control {
  /// Jobs on one page.
  static let pageSize = 10_000

  static func reply(
    to request: Request, directory: JSON, incident: JSON?, in world: World
  ) -> Reply {
    switch (request.method, request.path) {
    case ("GET", "/_simulator"): .json(200, ["providers": directory])
    case ("GET", "/_simulator/stats"): .json(200, stats(in: world))
    case ("GET", "/_simulator/jobs"): .json(200, jobs(request, in: world))
    case ("GET", "/_simulator/invoice.csv"): invoice(in: world)
    case ("GET", "/_simulator/incident") where incident != nil: .json(200, incident ?? .null)
    case ("GET", _) where request.segments.dropFirst().first == "webhooks":
      webhooks(request.segments.dropFirst(2), in: world)
    default:
      .json(
        404,
        [
          "detail": """
          the simulator has /_simulator, and there stats, jobs, webhooks, invoice.csv and, with \
          --incident, incident
          """
        ])
    }
  }

  static func stats(in world: World) -> JSON {
    let tally = world.tally
    var posts: [JSON] = []
    var twice: [JSON] = []
    for submit in tally.submits {
      posts.append([
        "provider": .string(submit.provider), "identity": .string(submit.identity),
        "posts": .int(submit.posts), "jobs": .int(submit.jobs), "refused": .int(submit.refused),
        "without_proof": .int(submit.withoutProof),
      ])
      if submit.isTwice { twice.append(.string(submit.identity)) }
    }
    let routes = tally.requests.mapValues { object($0.mapValues { .int($0) }) }
    return [
      "seed": .int(world.options.seed),
      "elapsed_seconds": .number(Seconds.text(world.now)),
      "requests": object(routes),
      "faults": object(tally.faults.mapValues { .int($0) }),
      "posts": .array(posts),
      "posts_untracked": .int(tally.untracked),
      "submitted_twice": .array(twice),
      "left_while_waiting": .int(tally.leftWhileWaiting),
      "jobs": object(countsByState(in: world)),
      "webhooks": object(world.mail.counts.mapValues { object($0.mapValues { .int($0) }) }),
      "charges": object(charges(in: world)),
    ]
  }

  /// Members sorted by name: dictionaries have no order of their own.
  private static func object(_ members: [String: JSON]) -> JSON {
    .object(
      JSONObject(
        members.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, $0.value) }))
  }

  /// provider → its word → jobs.
  private static func countsByState(in world: World) -> [String: JSON] {
    var counts: [String: JSON] = [:]
    for provider in Door.providers {
      var words: [String: Int] = [:]
      for index in world.indexes(of: provider.name) {
        words[provider.word(for: world.jobs[index].state(at: world.now)), default: 0] += 1
      }
      counts[provider.name] = object(words.mapValues { .int($0) })
    }
    return counts
  }

  /// provider → outcome → what its invoice would say: jobs, and the seconds or credits billed.
  private static func charges(in world: World) -> [String: JSON] {
    var charges: [String: JSON] = [:]
    for provider in Door.providers {
      var sums: [String: (jobs: Int, bill: Bill)] = [:]
      for index in world.indexes(of: provider.name) {
        guard case .ended(let outcome) = world.jobs[index].state(at: world.now) else { continue }
        let bill = Bill(world.jobs[index], outcome, provider, world.now)
        let sum = sums[outcome.rawValue] ?? (0, Bill())
        sums[outcome.rawValue] = (sum.jobs + 1, sum.bill + bill)
      }
      charges[provider.name] = object(
        sums.mapValues { sum in
          .object(
            JSONObject([JSONObject.Member("jobs", .int(sum.jobs))] + sum.bill.members))
        })
    }
    return charges
  }

  /// Jobs in the order of their creation; `?after=N` leaves out the first N, `?limit=N` bounds.
  private static func jobs(_ request: Request, in world: World) -> JSON {
    let start = min(max(request.query["after"].flatMap { Int($0) } ?? 0, 0), world.jobs.count)
    let wanted = request.query["limit"].flatMap { Int($0) } ?? pageSize
    let end = start + min(min(max(wanted, 0), pageSize), world.jobs.count - start)
    let items = world.jobs[start..<end].map { job -> JSON in
      let state = job.state(at: world.now)
      let provider = Door.providers.first { $0.name == job.provider }
      var item = JSONObject([
        JSONObject.Member("provider", .string(job.provider)),
        JSONObject.Member("id", .string(job.id)),
        JSONObject.Member("identity", .string(job.identity)),
        JSONObject.Member("status", .string(provider?.word(for: state) ?? "")),
        JSONObject.Member("outcome", .null),
        JSONObject.Member("polls", .int(job.polls)),
        JSONObject.Member("created_at", .string(world.timestamp(job.createdAt).description)),
        JSONObject.Member("ends_at", .string(world.timestamp(job.endsAt).description)),
        JSONObject.Member("billed_seconds", .null),
      ])
      if case .ended(let outcome) = state, let provider {
        item["outcome"] = .string(outcome.rawValue)
        for member in Bill(job, outcome, provider, world.now).members {
          item[member.name] = member.value
        }
      }
      return .object(item)
    }
    return ["jobs": .array(items), "next_after": end < world.jobs.count ? .int(end) : nil]
  }
}
