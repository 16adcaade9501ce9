// What decisions and answers ask the projections, over the rows of one transaction or of none.

import LMDB
import Wire

/// The fold and where its untouched rows are.
struct Views<Source: RowSource & ~Copyable>: ~Copyable {
  let source: Source
  var fold: Fold

  init(_ source: consuming Source) throws(LMDBError) {
    fold = try Fold(from: source)
    self.source = source
  }

  init(_ source: consuming Source, _ fold: consuming Fold) {
    self.fold = fold
    self.source = source
  }

  var position: Position { fold.position }
  var hash: Digest { fold.hash }
  var totals: Totals { fold.totals }

  mutating func apply(_ event: RecordedEvent) throws { try fold.apply(event, source) }
}

extension Views where Source == StoredRows<WriteTransaction> {
  /// Writes every changed row and commits.
  @discardableResult
  consuming func commit() throws(LMDBError) -> KeptFold {
    try fold.flush(into: source, isNew: false)
    let transaction = source.transaction.id
    try source.transaction.commit()
    return KeptFold(fold: fold, transaction: transaction)
  }
}

extension Views where Source: ~Copyable {
  mutating func number(of name: Subject.Name) throws(LMDBError) -> SubjectNumber? {
    try fold.subjects.number(of: name, in: source)
  }

  mutating func subject(_ number: SubjectNumber) throws(LMDBError) -> Subject? {
    guard var subject = try fold.subjects.subject(number, in: source) else { return nil }
    if subject.name.kind == .job { subject.last = try fold.board.last(of: number, in: source) }
    return subject
  }

  mutating func answered(_ key: CommandKey) throws(LMDBError) -> Keys.Answered? {
    try fold.keys.answered(key, in: source)
  }

  mutating func blob(
    _ digest: SaltedDigest, of subject: SubjectNumber
  ) throws(LMDBError) -> UInt64? {
    try fold.blobs.ordinal(of: digest, subject: subject, in: source)
  }

  mutating func job(_ number: SubjectNumber) throws(LMDBError) -> Job? {
    try fold.board.job(number, in: source)
  }

  mutating func providerName(_ number: UInt32) throws(LMDBError) -> String {
    try fold.board.providerName(number, in: source)
  }

  mutating func owner(of handle: Handle) throws(LMDBError) -> SubjectNumber? {
    try fold.board.owner(of: handle, in: source)
  }

  mutating func account(_ number: SubjectNumber) throws(LMDBError) -> Account? {
    try fold.accounts.account(number, in: source)
  }

  mutating func bucket(_ position: Position) throws(LMDBError) -> Bucket? {
    try fold.accounts.bucket(position, in: source)
  }

  mutating func hold(of job: SubjectNumber) throws(LMDBError) -> Hold? {
    try fold.accounts.hold(of: job, in: source)
  }

  /// A policy's value as somebody set it; nil where its default rules.
  mutating func policy(_ name: String) throws(LMDBError) -> String? {
    try setting(of: name)?.value
  }

  mutating func setting(of policy: String) throws(LMDBError) -> PolicySetting? {
    try fold.policies.setting(of: policy, in: source)
  }

  /// The event that keeps jobs of this provider and account from being submitted.
  mutating func pause(
    provider: String, account: SubjectNumber
  ) throws(LMDBError) -> Position? {
    try fold.policies.pause(provider: provider, account: account, in: source)
  }

  /// The pause of exactly this scope; nil stands for all.
  mutating func pause(
    exactly provider: String?, _ account: SubjectNumber?
  ) throws(LMDBError) -> Position? {
    try fold.policies.pause(provider, account, in: source)
  }
}
