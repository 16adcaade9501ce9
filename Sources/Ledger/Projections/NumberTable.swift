// Values by number, for one pass over the log: what a dictionary does, without hashing.

/// A dictionary from subject numbers or positions, in the order in which they came.
struct NumberTable<Value> {
  private var index = NumberIndex()
  private var keys: [UInt64] = []
  private var values: [Value?] = []

  subscript(_ key: UInt64) -> Value? {
    _read {
      if let place = index.place(of: key) { yield values[place] } else { yield nil }
    }
    _modify {
      let place = place(of: key)
      yield &values[place]
    }
  }

  subscript(_ key: UInt64, default value: @autoclosure () -> Value) -> Value {
    get { self[key] ?? value() }
    _modify {
      let place = place(of: key)
      if values[place] == nil { values[place] = value() }
      yield &values[place]!
    }
  }

  private mutating func place(of key: UInt64) -> Int {
    if let place = index.place(of: key) { return place }
    index.insert(key, at: keys.count)
    keys.append(key)
    values.append(nil)
    return keys.count - 1
  }

  /// What is there, in the order in which it came.
  var all: some Sequence<(key: UInt64, value: Value)> {
    zip(keys, values).lazy.compactMap { key, value in value.map { (key, $0) } }
  }
}
