// Answers of processed requests, harmed on their way: cut, slow, endless, or whole and wrong.
import Wire

/// What a fault makes of a reply.
enum Mangle {
  /// More than any client should read.
  static let longBytes = 64 << 20
  /// A header beyond what any client should read, bytes.
  static let headerBytes = 200_000
  /// Deeper than a reader on a stack survives.
  static let depth = 100_000

  static func apply(
    _ fault: Fault, to reply: Reply, _ provider: any ProviderModel, _ world: World
  ) -> Reply {
    switch fault.kind {
    case .timedOutAfter: return provider.refuse(.unavailable(status: 504))
    case .half: return reply.sent(by: HalfBody(reply.body), announced: reply.body.count)
    case .drip:
      let pause = Int64((fault.number ?? 1) * 1e6)
      return reply.sent(by: DripBody(reply.body, pause: pause), announced: reply.body.count)
    case .endless: return reply.sent(by: EndlessBody(), announced: nil)
    case .tooLong: return reply.sent(by: EndlessBody(), announced: longBytes)
    case .gzip: return bomb(reply)
    case .hugeHeader:
      return reply.adding("X-Padding", String(repeating: "x", count: headerBytes))
    case .manyHeaders:
      return (0..<2_000).reduce(reply) { $0.adding("X-Field-\($1)", "x") }
    case .wrongType: return typed(reply, "text/plain")
    case .cut, .silent:
      guard let script = reply.script else { return reply }
      let events = fault.kind == .cut ? Int(fault.number ?? 1) : nil
      return reply.sent(by: HarmedStream(script, cutAfter: events), announced: nil)
    default: return rewritten(reply, fault.kind, provider, world)
    }
  }

  private static func typed(_ reply: Reply, _ type: String) -> Reply {
    var reply = reply
    reply.headers.removeAll { $0.name.lowercased() == "content-type" }
    return reply.adding("Content-Type", type)
  }

  /// 64 MiB of zeros in 64 KiB, for a client that unpacks without looking (CWE-409).
  private static func bomb(_ reply: Reply) -> Reply {
    var reply = reply
    reply.body = Gzip.zeros
    return reply.adding("Content-Encoding", "gzip")
  }

  private static func rewritten(
    _ reply: Reply, _ kind: FaultKind, _ provider: any ProviderModel, _ world: World
  ) -> Reply {
    var reply = reply
    switch kind {
    case .cutJSON: reply.body = Array(reply.body.prefix(reply.body.count / 2))
    case .notUTF8: reply.body = spliced(reply.body, Array("\"note\":\"".utf8) + [0xC3, 0x28, 0x22])
    case .twoMembers: reply.body = spliced(reply.body, Array(#""status":"x","status":"y""#.utf8))
    case .hugeNumber: reply.body = spliced(reply.body, Array(#""seed":1e999999"#.utf8))
    case .controls:
      // A terminal's title, a line of its own, text that runs backwards.
      let text = #""note":"\u001b]0;owned\u0007\r\nHTTP/1.1 200 OK\u202eexe""#
      reply.body = spliced(reply.body, Array(text.utf8))
    case .deepJSON:
      reply.body = Array(repeating: UInt8(ascii: "["), count: depth)
    case .null: reply.body = Array("null".utf8)
    case .list: reply.body = Array("[]".utf8)
    case .errorInside:
      reply.status = 200
      reply.body = Array(#"{"error":"upstream connect error","code":14}"#.utf8)
    default:
      guard let body = try? JSON(parsing: reply.body) else { return reply }
      reply.body = FieldFault(kind, provider, world).applied(to: body).bytes
    }
    return reply
  }

  /// A member more, at the beginning of an object.
  private static func spliced(_ body: [UInt8], _ member: [UInt8]) -> [UInt8] {
    guard body.first == UInt8(ascii: "{") else { return body }
    let rest = body.dropFirst()
    let comma: [UInt8] = rest.first == UInt8(ascii: "}") ? [] : [UInt8(ascii: ",")]
    return [UInt8(ascii: "{")] + member + comma + rest
  }
}
