// What a token may do (INTERFACES, "HTTP").

/// One kind of permission.
package enum Scope: String, Sendable, CaseIterable, Comparable {
  /// Hand jobs in, adopt, cancel and check them.
  case writeJobs = "jobs:write"
  /// Look at jobs, events and credits.
  case readJobs = "jobs:read"
  /// Grant, adjust and refund.
  case writeCredits = "credits:write"
  /// Add the books up again.
  case audit
  /// Unpark, resolve, look at the figures of the whole house.
  case operate

  package static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}
