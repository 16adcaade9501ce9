// Where a reply names the job's id and the URLs for following it.

import Wire

struct HandleRule: Sendable, Equatable {
  /// Longer ids are refused; none known is longer than 128.
  static let idMax = 512

  /// Our own id is the handle (Master Mode), known before the submit.
  var clientID: Template?
  var externalID = PointerList([])
  var statusURL = PointerList([])
  var resultURL = PointerList([])
  var cancelURL = PointerList([])
  var streamURL = PointerList([])

  /// What the reply names, unchecked.
  func handle(in json: JSON, _ context: RequestContext) -> ProviderHandle {
    ProviderHandle(
      externalID: externalID.text(in: json).flatMap(HandleRule.id) ?? ownID(context),
      statusURL: statusURL.text(in: json), resultURL: resultURL.text(in: json),
      cancelURL: cancelURL.text(in: json), streamURL: streamURL.text(in: json))
  }

  func ownID(_ context: RequestContext) -> String? {
    guard let clientID else { return nil }
    return try? clientID.render(.plain) { variable in
      switch variable {
      case .jobID: context.jobID
      case .jobStep: String(context.step)
      case .jobStepID: context.stepID
      default: nil
      }
    }
  }

  static func id(_ text: String) -> String? {
    text.isEmpty || text.utf8.count > idMax ? nil : text
  }
}
