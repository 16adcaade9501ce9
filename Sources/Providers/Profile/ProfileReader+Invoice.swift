// The section that says which column of the provider's invoice is what.

import Ledger
import Wire

extension ProfileReader {
  func invoice(_ top: Members) -> InvoiceMap? {
    guard let json = top["invoice"] else { return nil }
    let members = Members(json, at: ["invoice"], problems, names: InvoiceMap.names)
    guard json.object != nil,
      members.object.members.allSatisfy({ InvoiceMap.names.contains($0.name) })
    else {
      return nil
    }
    do throws(InvoiceError) {
      return try InvoiceMap(json)
    } catch {
      let place = if case .map(let place) = error.part { place } else { [String]() }
      problems.error(["invoice"] + place, error.reason)
      return nil
    }
  }
}
