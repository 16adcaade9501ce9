// What both programs say of themselves.

package enum Product {
  /// What `--version` says, and what the log keeps of who wrote it.
  package static let version = "0.1.0"
  /// When this version was made, for manuals; changed together with it.
  package static let date = "2026-11-21"
  package static let summary = "flight recorder and cash box of long-running AI generation jobs"
}
