// Names that both hledger and Beancount take, from which ours can be read back.

import Wire

/// Account ids and units in the words of plain-text accounting.
enum JournalName {
  /// An account id as one component of an account name: `Id-`, then letters and digits as they are,
  /// and every other byte as `-` and two hexadecimal digits in capitals. `acme/team@1` becomes
  /// `Id-acme-2Fteam-401`. A component is a capital or digit, then letters, digits and `-`
  /// (Beancount language syntax, "Accounts").
  static func component(_ id: String) -> String {
    var name = "Id-"
    for byte in id.utf8 {
      if isPlain(byte) {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        name += "-" + Hex.text([byte]).uppercased()
      }
    }
    return name
  }

  /// The account id of a component; nil when `component` never writes such a name.
  static func id(of component: String) -> String? {
    guard component.hasPrefix("Id-") else { return nil }
    var bytes: [UInt8] = []
    var rest = component.utf8.dropFirst(3)
    while let byte = rest.popFirst() {
      if isPlain(byte) {
        bytes.append(byte)
        continue
      }
      guard byte == UInt8(ascii: "-"), let code = Hex.bytes(String(rest.prefix(2)) ?? ""),
        code.count == 1
      else { return nil }
      bytes += code
      rest = rest.dropFirst(2)
    }
    guard let id = String(validating: bytes, as: UTF8.self), self.component(id) == component
    else { return nil }
    return id
  }

  /// A unit as a commodity: its letters A to Z in capitals, 2 to 24 of them (Beancount language
  /// syntax, "Commodities / Currencies"); `CREDITS` where that leaves too few or too many.
  static func commodity(_ unit: String) -> String {
    let letters = unit.uppercased().utf8.filter { (0x41...0x5A).contains($0) }
    return (2...24).contains(letters.count) ? String(decoding: letters, as: UTF8.self) : "CREDITS"
  }

  /// A text between double quotes, as Beancount reads it.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// The value of an hledger tag, which ends at a comma or at the line's end.
  static func tag(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "," }))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

extension ChartAccount {
  /// The account's name in a journal. The house's own accounts are `Equity`, the one root to which
  /// both programs give no sign.
  func journalName(id: (SubjectNumber) throws -> String) rethrows -> String {
    switch self {
    case .available(let number):
      "Assets:Accounts:\(JournalName.component(try id(number))):Available"
    case .held(let number): "Assets:Accounts:\(JournalName.component(try id(number))):Held"
    case .issued: "Equity:Issued"
    case .revenue: "Equity:Revenue"
    case .expired: "Equity:Expired"
    case .adjustments: "Equity:Adjustments"
    case .writeOff: "Equity:WriteOff"
    }
  }
}

extension Credits {
  /// With six decimals always, as journals want a commodity written: `27.000000`.
  var fixed: String {
    let magnitude = micros.magnitude
    let fraction = String(magnitude % 1_000_000)
    return (micros < 0 ? "-" : "") + "\(magnitude / 1_000_000)."
      + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
  }
}
