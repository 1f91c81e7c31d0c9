/// A key and the text it is to get; without a text nothing happens.
struct Assignment {
    let key: String
    let value: String?

    init(_ key: String, _ value: String?) {
        self.key = key
        self.value = value
    }

    init(_ key: String, _ value: Int?) { self.init(key, value.map { String($0) }) }

    init(_ key: String, _ value: Bool?) { self.init(key, value.map { BoolText.text($0) }) }

    /// A size that was checked.
    init(_ key: String, size: String?) { self.init(key, size.map { Size.stored($0) }) }

    init(_ key: String, list: [String]?, tight: Bool = false) throws(EXAConfError) {
        guard let list else {
            self.init(key, nil as String?)
            return
        }
        self.init(key, try ListText.join(list, tight: tight))
    }

    /// An optional list: an empty one is stored as an empty value, the way fresh files have it.
    init(_ key: String, optionalList list: [String]?) throws(EXAConfError) {
        try self.init(key, list: list?.isEmpty == true ? nil : list)
        if list?.isEmpty == true { self.init(key, "") }
    }
}

extension Document {
    /// Runs a change of several steps; when one is refused, nothing has happened.
    mutating func atomically<Result>(
        _ body: (inout Document) throws(EXAConfError) -> Result
    ) throws(EXAConfError) -> Result {
        var draft = self
        let result = try body(&draft)
        self = draft
        return result
    }

    mutating func write(_ assignments: [Assignment], to path: SectionPath) throws(EXAConfError) {
        for assignment in assignments {
            guard let value = assignment.value else { continue }
            try set(assignment.key, to: value, in: path)
        }
    }

    func require(_ path: SectionPath) throws(EXAConfError) -> Section {
        guard let section = section(at: path) else { throw EXAConfError.missing("[\(path)]") }
        return section
    }
}
