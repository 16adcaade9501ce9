// What is asked of a provider, in the log's words and in the profile's.

package import Ledger

extension PollRequest {
  package init(_ phase: RequestPhase) {
    self =
      switch phase {
      case .submit, .status, .stream: .status
      case .result: .result
      case .cancel: .cancel
      case .list: .list
      }
  }

  package var phase: RequestPhase {
    switch self {
    case .status: .status
    case .result: .result
    case .cancel: .cancel
    case .list: .list
    }
  }
}
