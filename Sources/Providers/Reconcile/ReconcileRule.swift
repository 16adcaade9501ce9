// Where a provider lists its jobs, and how one of them is told to be the job whose submit had no
// answer (PRODUCT, "A job's life", rule 3). Finding nothing proves nothing.

import Wire

/// The profile's section `reconcile`.
package struct ReconcileRule: Sendable, Equatable {
  /// The most pages of one look, whatever the profile says.
  static let pagesMost = 50
  /// Jobs of a list that may be the one, kept by one look.
  static let candidatesMax = 16

  /// The jobs in a page.
  var items = PointerList([])
  /// In a page, the next page's URL or cursor; nothing there: it is the last.
  var next = PointerList([])
  /// The query parameter that takes a cursor which is no URL.
  var cursorParameter: String?
  /// Pages of one look.
  package var pagesMax = 5
  /// From the doubt to the first look, seconds; doubled with each further one.
  package var afterSeconds = 2.0
  /// Looks before a person must look.
  package var attempts = 5
  var match = MatchRule()
}

/// All that is named must hold.
struct MatchRule: Sendable, Equatable {
  /// In an item, where it repeats our own id: proof by itself.
  var jobID = PointerList([])
  /// In an item, the object that repeats the job's input: each member of ours must be there, equal.
  var input = PointerList([])
  /// Members of the input that must be equal, at least.
  var equalMin = 1
  /// In an item, where the job's model, or what its variant's pattern captured, is named.
  var model = PointerList([])
  /// In an item, when it was created: RFC 3339, or seconds since 1970.
  var created = PointerList([])
  /// How far from the attempt's start that may be, seconds.
  var withinSeconds = 300
}
