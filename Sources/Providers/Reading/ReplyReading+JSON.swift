// The reading as `ledger provider try` prints it (INTERFACES: "provider try").

import Ledger
package import Wire

extension ReplyReading {
  package func json(phase: RequestPhase) -> JSON { json(phase: phase.rawValue) }

  /// The contract's fields in its order, then what else a reply may say, where it does.
  /// - Parameter phase: what was asked, or `webhook`.
  package func json(phase: String) -> JSON {
    func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
    let json: JSON = [
      "phase": .string(phase),
      "external_id": text(externalID),
      "state": .string(state.name),
      "word": text(word),
      "class": .string(replyClass.name),
      "progress": progress.map { .number(ReplyReading.fraction(millionths: $0)) } ?? .null,
      "queue_position": queuePosition.map { .int($0) } ?? .null,
      "outputs": .array(
        outputs.map { ["url": .string($0.url), "media_type": text($0.mediaType)] }),
      "error": text(error),
      "retry_after_s": retryAfterSeconds.map { .int($0) } ?? .null,
      "transient": .bool(isTransient),
      "follow_up": [
        "status": text(followUp.statusURL), "result": text(followUp.resultURL),
        "cancel": text(followUp.cancelURL), "stream": text(followUp.streamURL),
      ],
    ]
    var object = json.object ?? JSONObject()
    for (name, value) in extras { object[name] = .string(value) }
    return .object(object)
  }

  private var extras: [(name: String, value: String)] {
    let all: [(name: String, value: String?)] = [
      ("failure", failureClass?.name), ("error_type", errorType), ("stage", stage),
      ("submit", proof?.word), ("cancel", cancelAnswer?.rawValue),
      (
        "charge",
        chargeReported.map { ReplyReading.fraction(millionths: Int(clamping: $0)) }
      ),
    ]
    return all.compactMap { entry in entry.value.map { (entry.name, $0) } }
  }

  /// 380000 → `0.38`, 1000000 → `1`: exact, without binary floating point.
  package static func fraction(millionths: Int) -> String {
    let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest != 0 else { return String(whole) }
    var digits = String(1_000_000 + rest).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}

extension SubmitProof {
  /// What it says of the submit, in one word.
  fileprivate var word: String {
    switch self {
    case .accepted: "accepted"
    case .notAccepted(.final): "refused"
    case .notAccepted(.retry): "try_again"
    case .accountProblem: "account_problem"
    case .uncertain: "uncertain"
    }
  }
}
