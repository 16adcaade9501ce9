// The API's description as served, and exchanges held against it.

import Foundation
import Support
import Testing
import Wire

@testable import Server

/// `openapi.json`.
struct Description: Sendable {
  static let shared: Description = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Server/openapi.json")
    guard let data = try? Data(contentsOf: file), let json = try? JSON(parsing: Array(data)) else {
      fatalError("openapi.json cannot be read")
    }
    return Description(json: json)
  }()

  let json: JSON

  /// One method of one address.
  struct Operation: Sendable, CustomTestStringConvertible {
    /// In capitals.
    let method: String
    let path: String
    let json: JSON
    /// Of the operation and of its path.
    let parameters: [JSON]

    var id: String { json["operationId"]?.string ?? "" }
    var scopes: [String] { json["x-scopes"]?.array?.compactMap(\.string) ?? [] }
    /// Needs no proof at all.
    var isOpen: Bool { json["security"]?.array == [[:]] }
    var testDescription: String { "\(method) \(path)" }
  }

  var operations: [Operation] {
    (json["paths"]?.object?.members ?? []).flatMap { path in
      let shared = path.value["parameters"]?.array ?? []
      return (path.value.object?.members ?? []).filter { $0.name != "parameters" }.map { member in
        let own = member.value["parameters"]?.array ?? []
        return Operation(
          method: member.name.uppercased(), path: path.name, json: member.value,
          parameters: (shared + own).map(resolved))
      }
    }
  }

  /// What a reference stands for.
  func resolved(_ value: JSON) -> JSON {
    guard let target = value["$ref"]?.string, let pointer = JSONPointer(String(target.dropFirst()))
    else { return value }
    return json.at(pointer) ?? .null
  }

  func operation(_ method: String, _ target: String) -> Operation? {
    let path = target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
    let method = method == "HEAD" ? "GET" : method
    let fitting = operations.filter { operation in
      let parts = operation.path.split(separator: "/", omittingEmptySubsequences: false)
      return operation.method == method && parts.count == path.count
        && zip(parts, path).allSatisfy { $0.hasPrefix("{") && !$1.isEmpty || $0 == $1 }
    }
    return fitting.first { !$0.path.contains("{") } ?? fitting.first
  }

  /// What does not fit: an answer that is not described, or a request that was carried out and
  /// ought to have been refused.
  func problems(
    _ method: String, _ target: String, _ fields: [String: String], json body: JSON?,
    _ reply: WebReply
  ) -> [String] {
    guard let operation = operation(method, target) else {
      return method == "OPTIONS" || reply.status >= 400 ? [] : ["\(method) is not described"]
    }
    var problems = answer(operation, method, reply)
    guard reply.status < 400 else { return problems }
    if let body, let content = resolved(operation.json["requestBody"] ?? .null)["content"] {
      let schema = content["application/json"]?["schema"] ?? content["*/*"]?["schema"] ?? .null
      problems += SchemaCheck(schema, in: json).problems(of: body).map { "request: \($0)" }
    }
    let query = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let known = operation.parameters.filter { $0["in"]?.string == "query" }
      .compactMap { $0["name"]?.string }
    for pair in query.split(separator: "&") {
      let name = String(pair.prefix { $0 != "=" })
      if !known.contains(name) { problems.append("the parameter \(name) is not described") }
    }
    return problems
  }

  private func answer(_ operation: Operation, _ method: String, _ reply: WebReply) -> [String] {
    let all = operation.json["responses"]
    guard let response = (all?["\(reply.status)"] ?? all?["default"]).map(resolved) else {
      return ["status \(reply.status) is not described"]
    }
    let isRefusal = reply.status >= 400 && response["content"]?["application/problem+json"] != nil
    guard reply.status < 400 || isRefusal || all?["\(reply.status)"] != nil else {
      return ["status \(reply.status) is not described"]
    }
    if reply.status < 400, all?["\(reply.status)"] == nil {
      return ["status \(reply.status) is described as a refusal only"]
    }
    guard let content = response["content"], method != "HEAD" else {
      return reply.body.isEmpty ? [] : ["a body that is not described"]
    }
    let type = (reply.field("content-type") ?? "").prefix { $0 != ";" }
    guard let schema = content[String(type)]?["schema"] else {
      return ["the media type \(type) is not described for \(reply.status)"]
    }
    guard type.hasSuffix("json") else { return [] }
    if schema == ["type": "object"] { return reply.json.object == nil ? ["no object"] : [] }
    return SchemaCheck(schema, in: json).problems(of: reply.json)
  }
}
