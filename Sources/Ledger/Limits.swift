// Every bound in one place.

/// What is refused, and from where on.
package enum Limits {
  /// Job ids and idempotency keys: `[A-Za-z0-9._:-]{1,128}`.
  package static let idBytes = 128
  /// Names of providers, policies, people: bytes. They become keys, and an LMDB key ends at 511.
  package static let nameBytes = 128
  /// A job's input, bytes of JSON.
  package static let inputBytes = 256 << 10
  /// Steps of a plan.
  package static let planSteps = 16
  /// A plan, bytes of JSON.
  package static let planBytes = 1 << 20
  /// What earlier steps' outputs may put into a step's input, bytes.
  package static let stepInputBytes = 8 << 20
  /// Steps that a job may be said to have had elsewhere.
  package static let trackedSteps: UInt64 = 1000
  /// A job's own labels, bytes of JSON.
  package static let metaBytes = 16 << 10
  /// A reason given by a person, bytes.
  package static let reasonBytes = 4 << 10
  /// A provider's reply that is kept, bytes.
  package static let replyBytes = 4 << 20
  /// A provider's message or stage that is kept, bytes.
  package static let messageBytes = 16 << 10
  /// Outputs of one job.
  package static let outputs = 1000
  /// An output that is saved, bytes; policy `output_bytes_max` overrides.
  package static let outputBytes: UInt64 = 2 << 30
  /// Files of one job that become URLs in its input, and each one's size, bytes.
  package static let attachments = 16
  package static let attachmentBytes = 100 << 20
  /// Of an attachment that goes inside the input, for want of a store, bytes.
  package static let inlineAttachmentBytes = 128 << 10
  /// A provider's id, status word or model, bytes.
  package static let wordBytes = 1024
  /// Events of one group.
  package static let groupEvents = 64
  /// Buckets of one account that still have credits: lines that one event may have.
  package static let bucketsPerAccount = 4096
  /// Free bytes on the file system below which nothing is written; policy `disk_floor` overrides.
  package static let diskFloor: UInt64 = 64 << 20
  /// Messages of a provider that verify and wait for one handle's job.
  package static let orphansPerHandle = 64
  /// Messages of a provider that nobody can believe (rejected ones, and unsigned ones for unknown
  /// jobs) that are written down within `noiseSeconds`; what is beyond is answered and forgotten.
  package static let noiseEvents = 20
  package static let noiseSeconds = 3600.0
  /// Unsigned messages about one job that are written down, for ever.
  package static let unverifiedNotifications: UInt64 = 100
  /// Of a rejected message's body, bytes kept.
  package static let rejectedBytes = 4 << 10
  /// Commands that one commit takes from the queue.
  package static let batchCommands = 10_000
  /// Rows that stay in memory from one append to the next: some 15 MB of them.
  static let keptRows = 32_768
  /// A line of a file to be imported, bytes: the largest text, every byte of it escaped.
  package static let exchangeLineBytes = 32 << 20
  /// A subject's id in a file to be imported, bytes: it becomes a key, and an LMDB key ends at 511.
  package static let subjectBytes = 256
  /// Steps and attempts of a job in a file to be imported.
  package static let stepsMax: UInt64 = 1 << 20
  /// Profiles of its own that a home may have, and bytes of one.
  package static let profiles = 256
  package static let profileBytes = 256 << 10
  /// A provider's invoice: bytes of the file, rows, columns, and bytes of one row kept.
  package static let invoiceBytes: UInt64 = 1 << 30
  package static let invoiceRows = 1_000_000
  package static let invoiceColumns = 200
  package static let invoiceRowBytes = 64 << 10
  /// Rows of an app's table that one import takes.
  package static let importRows = 1_000_000
  /// Positions that one diagnosis names as its proof.
  package static let evidence = 16
  /// Handles that messages without a job are told of.
  package static let orphanIncidents = 10_000
  /// Newest events of one job that its story is told from, and the oldest beside them.
  package static let storyEvents = 4096
  package static let storyBeginning = 64
}
