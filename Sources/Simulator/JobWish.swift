// What a job's own input asks of the simulator, so that one test can have its job end as it needs.
import Wire

/// The member `simulate` of a job's input: `{"outcome","seconds","error","output"}`, all optional.
struct JobWish: Sendable {
  var outcome: Outcome?
  /// How long the job lasts, 0 to 86,400.
  var seconds: Double?
  /// The error text of a job that does not succeed.
  var error: String?
  /// The output of a job that succeeds, used as it is; JSON null is a success without output.
  var output: JSON?

  /// Why a wish cannot be granted, naming the member.
  struct Refused: Error {
    let member: String
    let reason: String
  }

  init() {}

  /// Reads the wish in `input`; none is fine.
  init(in input: JSON) throws(Refused) {
    guard let wish = input["simulate"] else { return }
    guard let members = wish.object?.members else {
      throw Refused(member: "simulate", reason: "is no object")
    }
    for member in members {
      func refuse(_ reason: String) -> Refused {
        Refused(member: "simulate.\(member.name)", reason: reason)
      }
      switch member.name {
      case "outcome":
        let word = member.value.string ?? ""
        guard let value = Outcome(rawValue: word) else {
          let known = Outcome.allCases.map(\.rawValue).joined(separator: ", ")
          throw refuse("is none of \(known)")
        }
        outcome = value
      case "seconds":
        guard let value = member.value.double, (0...86_400).contains(value) else {
          throw refuse("is not a number from 0 to 86400")
        }
        seconds = value
      case "error":
        guard let text = member.value.string else { throw refuse("is no text") }
        error = text
      case "output": output = member.value
      default: throw refuse("is unknown; known are outcome, seconds, error, output")
      }
    }
  }
}
