// Faults in the members of a reply that clients live by: the id, the word, the outputs.
import Wire

/// Where a provider's replies say what clients live by.
struct FieldNames: Sendable {
  let id: String
  let word: String
  /// Members that hold outputs, at any depth.
  let outputs: Set<String>
}

/// Another id, another word, or no output.
struct FieldFault {
  private let kind: FaultKind
  private let names: FieldNames
  private let otherID: String

  init(_ kind: FaultKind, _ provider: any ProviderModel, _ world: World) {
    self.kind = kind
    names = provider.fields
    // Another job's, so that a client that trusts it mixes two jobs up; the oldest one's.
    otherID = world.indexes(of: provider.name).first.map { world.jobs[$0].id } ?? "unknown"
  }

  func applied(to value: JSON, isTop: Bool = true) -> JSON {
    switch value {
    case .array(let items): return .array(items.map { applied(to: $0, isTop: isTop) })
    case .object(let object):
      return .object(JSONObject(object.members.compactMap { member(of: $0, isTop: isTop) }))
    default: return value
    }
  }

  private func member(of member: JSONObject.Member, isTop: Bool) -> JSONObject.Member? {
    // What the client itself sent is shown as it came.
    if member.name == "input" || member.name == "input_params" { return member }
    switch kind {
    case .wrongID where isTop && member.name == names.id:
      let isOwn = member.value.string == otherID
      return JSONObject.Member(member.name, .string(isOwn ? otherID + "x" : otherID))
    case .noID where isTop && member.name == names.id: return nil
    case .unknownWord where member.name == names.word:
      return JSONObject.Member(member.name, "pondering")
    case .noOutput where names.outputs.contains(member.name):
      return JSONObject.Member(member.name, .null)
    default: return JSONObject.Member(member.name, applied(to: member.value, isTop: false))
    }
  }
}
