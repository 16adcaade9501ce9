// Recording the lines of a provider's invoice: each once, by its id.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// - Parameter invoice: the first line recorded of the same invoice; 0: it is among these.
  /// - Returns: where one of them was recorded when all of them were; nil when the group has the
  ///   events of those that were not.
  mutating func decide(
    _ billing: Billing, invoice: Position, _ group: inout Group
  ) throws -> Position? {
    let name = Subject.Name.provider(billing.provider)
    let provider = try views.number(of: name)
    let first = group.next
    var known: Position?
    for line in billing.lines {
      if let provider, let position = try views.bill(line.lineID, from: provider) {
        guard case .providerBilled(let body)? = try log.event(at: position)?.event else {
          throw BooksError.inconsistent("position \(position) is no line of an invoice")
        }
        guard line.isSame(as: body) else { throw line.conflict(with: body, at: position) }
        known = position
        continue
      }
      var body = ProviderBilled(
        lineID: line.lineID, quantity: line.quantity.description, unit: line.unit,
        certainty: line.job?.certainty, billedAt: line.billedAt, line: BlobReference(line.row))
      if let job = line.job {
        body.job = try views.number(of: .job(job.id))
        guard body.job != nil else { throw Refusal(.notFound, "there is no job \(job.id)") }
      }
      // The lines of one invoice are held together by the first of them.
      let cause = group.drafts.isEmpty ? invoice : invoice == 0 ? first : invoice
      group.add(Draft(name, .providerBilled(body), cause: cause))
    }
    return group.drafts.isEmpty ? known : nil
  }
}
