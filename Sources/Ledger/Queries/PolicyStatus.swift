// A rule of the house as it stands: what `config` shows.

package import Wire

/// A policy with what rules now.
package struct PolicyStatus: Sendable {
  package let policy: Policy
  /// How somebody set it; nil where the default rules.
  package let setting: PolicySetting?

  /// What rules; nil: nothing.
  package var value: String? { setting?.value ?? policy.defaultValue }

  package var json: JSON {
    [
      "name": .string(policy.name), "value": .text(value), "default": .text(policy.defaultValue),
      "position": setting.map { .int($0.position) } ?? .null, "allowed": .string(policy.allowed),
      "explanation": .string(policy.explanation),
    ]
  }
}

extension Snapshot {
  /// Every policy, in the table's order.
  package mutating func policies() throws -> [PolicyStatus] {
    try Policy.all.map { policy in
      PolicyStatus(policy: policy, setting: try views.setting(of: policy.name))
    }
  }
}
