// ledger provider lint

import CommandLine
import Ledger
import Programs
import Providers
import Wire

enum ProviderLint {
  static let declaration = Declaration(
    "provider lint", .providers, "Say what is wrong with a profile",
    operands: [.required("FILE", .path, "the profile, or - for standard input")],
    examples: ["ledger provider lint my-provider.json"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let path = arguments.required("FILE")
    let bytes = try InputFile.read(path, bytesMax: Limits.profileBytes, as: "the profile")
    let problems = Profile.lint(bytes)
    let isRight = !problems.contains { $0.severity == .error }
    if session.output.settings.isJSON {
      session.output.json([
        "file": .string(path), "ok": .bool(isRight),
        "problems": .array(
          problems.map { problem in
            [
              "severity": .string(problem.severity.rawValue),
              "pointer": .string(problem.pointer), "message": .string(problem.message),
            ]
          }),
      ])
      return isRight ? .ok : .no
    }
    var screen = Screen(session.output, now: session.now)
    for problem in problems {
      screen.sentence(problem.description, problem.severity == .error ? .bad : .attention)
    }
    screen.line(isRight ? "\(path): in order" : "\(path): cannot be used")
    if isRight, !problems.isEmpty || path != "-" {
      let name = (try? JSON(parsing: bytes))?["name"]?.string ?? "NAME"
      screen.next(session.command("provider try \(name) --phase status --reply REPLY.json"))
    }
    session.output.lines(screen.lines)
    return isRight ? .ok : .no
  }
}
