// A row of an app's own job table, as the books take it.

import Wire

/// A job that another system knew before the books did.
package struct ImportedRow: Sendable, Equatable {
  /// Table and row, e.g. `generations/17`: kept in `job.submitted`, and what makes it the same row.
  package var row: String
  /// `hold` is 0 unless something is still to be paid for.
  package var submission: Submission
  /// Nil when the app lost the provider's id: then nobody can say what became of the job.
  package var handle: FoundHandle?
  /// What the app took in its own books.
  package var charged: Credits?

  package init(
    row: String, submission: Submission, handle: FoundHandle? = nil, charged: Credits? = nil
  ) {
    self.row = row
    self.submission = submission
    self.handle = handle
    self.charged = charged
  }

  /// What a person is told who finds the job parked.
  var advice: String {
    "imported from \(row) without the provider's id: find it there and attach it with ledger track "
      + "--id \(submission.id) --external-id X --provider \(submission.provider) --account "
      + "\(submission.account), or end it with ledger resolve \(submission.id)"
  }
}
