// `/_simulator/webhooks` and `/_simulator/invoice.csv`: what a provider would have sent, and what
// its bill would say, in the forms in which `ledger` takes them.
import Wire

extension Control {
  /// `/_simulator/webhooks`, and of one message `/KIND/N/headers` and `/KIND/N/body`. A message
  /// that has not been sent yet is answered 503, so that `curl --retry` waits for it.
  static func webhooks(_ path: ArraySlice<Substring>, in world: World) -> Reply {
    guard !path.isEmpty else {
      return .json(200, ["webhooks": .array(world.sent.messages.map(json))])
    }
    guard path.count == 3, let number = Int(path[path.startIndex + 1]), let part = path.last,
      ["headers", "body"].contains(part)
    else {
      return .json(404, ["detail": "a message is /_simulator/webhooks/KIND/N/headers or .../body"])
    }
    guard let message = world.sent.message(String(path[path.startIndex]), number) else {
      return Reply.json(503, ["detail": "no such message has been sent yet"])
        .adding("Retry-After", "1")
    }
    guard part == "headers" else {
      return Reply(200, type: "application/json", body: message.body)
    }
    let lines = message.headers.map { "\($0.name): \($0.value)\n" }
    return Reply(200, type: "text/plain; charset=utf-8", lines.joined())
  }

  private static func json(_ message: SentMessage) -> JSON {
    [
      "provider": .string(message.provider), "job": .string(message.job),
      "kind": .string(message.kind), "url": .string(message.url),
      "headers": .object(
        JSONObject(message.headers.map { JSONObject.Member($0.name, .string($0.value)) })),
      "body": .string(String(decoding: message.body, as: UTF8.self)),
    ]
  }

  /// One line for each job that was billed: an invoice as providers let one download it.
  static func invoice(in world: World) -> Reply {
    var rows = [["provider", "id", "billed_at", "quantity", "unit"]]
    for job in world.jobs {
      guard case .ended(let outcome) = job.state(at: world.now),
        let provider = Door.providers.first(where: { $0.name == job.provider }),
        provider.bills(outcome),
        // Credits, where the provider bills them, stand behind the seconds.
        let bill = Bill(job, outcome, provider, world.now).members.last,
        let quantity = bill.value.string
      else { continue }
      rows.append([
        job.provider, job.id, world.timestamp(job.endsAt).description, quantity,
        String(bill.name.dropFirst("billed_".count)),
      ])
    }
    // No field holds a comma, a quote or a line break.
    let text = rows.map { $0.joined(separator: ",") + "\r\n" }.joined()
    return Reply(200, type: "text/csv; charset=utf-8", text)
  }
}
