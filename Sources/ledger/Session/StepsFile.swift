// The steps of a pipeline that a command line names with --steps, with providers as the profiles
// name themselves.

import CommandLine
import Ledger
import Providers
import Wire

enum StepsFile {
  /// What `submit --help` and `track --help` say of the file.
  static let format = """
    FILE is a JSON list of 1 to 16 steps, each {"provider","model","input","share"}; each waits \
    for the one before. A text of an input may name what earlier steps made: \
    {{steps.0.outputs.0.url}}, {{steps.0.outputs.0.media_type}}, * for every output, {{job.id}}; \
    steps and outputs are counted from 0. The shares add up to the hold, and no step costs more \
    than its own; without any, the whole hold is the last step's share.
    """

  /// - Parameters:
  ///   - done: steps at the beginning that were done before these books know the job.
  ///   - startsSent: the step after those is with its provider already.
  static func read(
    _ session: Session, _ path: String, hold: Credits, done: Int = 0, startsSent: Bool = false
  ) throws -> Plan {
    let bytes = try InputFile.read(path, bytesMax: Limits.planBytes, as: "--steps")
    let json: JSON
    do {
      json = try JSON(parsing: bytes)
    } catch {
      throw Failure.usage("--steps is \(error)")
    }
    var plan: Plan
    do throws(PlanError) {
      plan = try Plan(reading: json, hold: hold, done: done, startsSent: startsSent)
    } catch {
      throw Failure.usage("--steps: \(Escaping.terminal(error.description))")
    }
    let registry = try session.registry()
    for index in plan.steps.indices {
      do throws(RegistryError) {
        plan.steps[index].provider = try registry.profile(plan.steps[index].provider).name
      } catch {
        var failure = Failure(error)
        failure.message = "--steps: /\(index)/provider: " + failure.message
        throw failure
      }
    }
    return plan
  }
}
