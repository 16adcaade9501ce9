// Which model a prediction runs, and what kind of output that model makes.
import Wire

/// The members of a prediction that say what runs it.
struct ReplicateModel: Sendable {
  let shown: JSONObject

  /// By `version` in the body: 64 hexadecimal digits, `owner/name` or `owner/name:version`; nil
  /// when there is none. Only the digits do not say which model they belong to.
  init?(submit body: JSON?) {
    guard let version = body?["version"]?.string, !version.isEmpty else { return nil }
    let parts = version.split(separator: ":", maxSplits: 1)
    let isDigest = !version.contains("/")
    self.init(
      model: isDigest ? "simulated/model" : String(parts[0]),
      version: isDigest ? version : parts.count == 2 ? String(parts[1]) : "hidden")
  }

  /// By the path of an official model, whose version is not told.
  init(model: String) { self.init(model: model, version: "hidden") }

  /// By the path of a deployment, which runs some version of some model.
  init(deployment: String) {
    var shown = ReplicateModel(model: deployment, version: Self.digest(of: deployment)).shown
    shown["deployment"] = .string(deployment)
    self.shown = shown
  }

  private init(model: String, version: String) {
    shown = JSONObject([
      JSONObject.Member("model", .string(model)), JSONObject.Member("version", .string(version)),
    ])
  }

  private static func digest(of name: String) -> String {
    Fingerprint("version", name).description + Fingerprint("version", "again", name).description
  }

  /// What a model's output looks like; real ones are free in this.
  enum Output {
    /// One URL.
    case video
    /// A list of URLs.
    case images
    /// A list of pieces of text.
    case text
  }

  /// The kind of output, guessed from a model's name.
  static func output(of model: String) -> Output {
    let name = model.lowercased()
    func names(_ words: [String]) -> Bool {
      words.contains { name.contains(Substring($0)) }
    }
    if names(["sdxl", "flux", "diffusion", "image", "photo", "imagen"]) { return .images }
    if names(["llama", "gpt", "claude", "chat", "instruct"]) { return .text }
    return .video
  }
}
