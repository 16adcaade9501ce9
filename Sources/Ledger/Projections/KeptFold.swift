// The fold that an append leaves behind: the next one needs most of its rows again.

import LMDB

/// A fold whose rows are all stored, good for as long as nobody else writes that generation.
struct KeptFold: ~Copyable {
  fileprivate var fold: Fold
  /// The views' transaction that stored it.
  fileprivate let transaction: Int

  init(fold: consuming Fold, transaction: Int) {
    self.fold = fold
    self.transaction = transaction
  }

  /// Small enough to be kept.
  var isBounded: Bool { fold.rowCount <= Limits.keptRows }

  /// The fold over the same generation's rows; nil when somebody has written them since.
  consuming func views(
    over rows: consuming StoredRows<WriteTransaction>
  ) -> Views<StoredRows<WriteTransaction>>? {
    guard rows.transaction.id == transaction + 1 else { return nil }
    return Views(rows, fold)
  }
}
