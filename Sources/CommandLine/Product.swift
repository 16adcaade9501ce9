// What both programs say of themselves.

package enum Product {
  /// What `--version` says, and what the log keeps of who wrote it.
  package static let version = "0.1.0"
  package static let summary = "flight recorder and cash box of long-running AI generation jobs"
}
