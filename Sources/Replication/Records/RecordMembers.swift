import JobEngine
import Values

/// The members of one record, taken out one by one, so that what is left at the end is what nobody knows.
struct RecordMembers {
    /// The kind it says it is.
    let kind: String
    private let place: Int
    private var members: [String: Value]

    init(_ value: Value, at place: Int) throws(ReplicatedBatchError) {
        guard var members = value.map else { throw .malformed("record", kind: "", at: place) }
        guard let kind = members.removeValue(forKey: "kind")?.string else {
            throw .malformed("kind", kind: "", at: place)
        }
        self.kind = Self.shown(kind)
        self.place = place
        self.members = members
    }

    private init(_ members: [String: Value], within outer: RecordMembers) {
        kind = outer.kind
        place = outer.place
        self.members = members
    }

    /// What comes from elsewhere and is told to people.
    private static func shown(_ name: String) -> String {
        String(name.prefix(64).filter { ("\u{20}"..."\u{7E}").contains($0) })
    }

    var unknownKind: ReplicatedBatchError { .unknownKind(kind, at: place) }

    func malformed(_ name: String) -> ReplicatedBatchError { .malformed(name, kind: kind, at: place) }

    /// - Throws: When a member was not taken.
    func end() throws(ReplicatedBatchError) {
        guard let name = members.keys.min() else { return }
        throw .unknownMember(Self.shown(name), kind: kind, at: place)
    }

    // MARK: Members that have to be there

    mutating func value(_ name: String) throws(ReplicatedBatchError) -> Value {
        guard let value = members.removeValue(forKey: name) else { throw malformed(name) }
        return value
    }

    mutating func text(_ name: String) throws(ReplicatedBatchError) -> String {
        guard let text = try value(name).string else { throw malformed(name) }
        return text
    }

    mutating func truth(_ name: String) throws(ReplicatedBatchError) -> Bool {
        guard let truth = try value(name).bool else { throw malformed(name) }
        return truth
    }

    mutating func list(_ name: String) throws(ReplicatedBatchError) -> [Value] {
        guard let list = try value(name).list else { throw malformed(name) }
        return list
    }

    mutating func texts(_ name: String) throws(ReplicatedBatchError) -> [String] {
        let list = try list(name)
        let texts = list.compactMap(\.string)
        guard texts.count == list.count else { throw malformed(name) }
        return texts
    }

    /// A number that counts or names something.
    mutating func number(_ name: String) throws(ReplicatedBatchError) -> Int {
        guard let number = try value(name).int, Self.isNumber(number) else { throw malformed(name) }
        return number
    }

    mutating func numbers(_ name: String) throws(ReplicatedBatchError) -> [Int] {
        let list = try list(name)
        let numbers = list.compactMap(\.int)
        guard numbers.count == list.count, numbers.allSatisfy(Self.isNumber) else { throw malformed(name) }
        return numbers
    }

    /// Milliseconds since 1970, whenever that was.
    mutating func time(_ name: String) throws(ReplicatedBatchError) -> Timestamp {
        guard let time = Timestamp(try value(name)) else { throw malformed(name) }
        return time
    }

    mutating func milliseconds(_ name: String) throws(ReplicatedBatchError) -> Int64 {
        Int64(try time(name).milliseconds)
    }

    /// The digest of a secret.
    mutating func hash(_ name: String) throws(ReplicatedBatchError) -> [UInt8] {
        guard let bytes = Hex.bytes(try text(name)), (1...64).contains(bytes.count) else { throw malformed(name) }
        return bytes
    }

    // MARK: Members that may be absent

    mutating func optionalText(_ name: String) throws(ReplicatedBatchError) -> String? {
        members[name] == nil ? nil : try text(name)
    }

    mutating func optionalNumber(_ name: String) throws(ReplicatedBatchError) -> Int? {
        members[name] == nil ? nil : try number(name)
    }

    mutating func optionalMilliseconds(_ name: String) throws(ReplicatedBatchError) -> Int64? {
        members[name] == nil ? nil : try milliseconds(name)
    }

    mutating func optionalTexts(_ name: String) throws(ReplicatedBatchError) -> [String]? {
        members[name] == nil ? nil : try texts(name)
    }

    mutating func optionalValue(_ name: String) -> Value? { members.removeValue(forKey: name) }

    // MARK: Members that have members

    /// Reads each object of a list to its end.
    mutating func each<Element>(
        _ name: String, _ read: (inout RecordMembers) throws(ReplicatedBatchError) -> Element
    ) throws(ReplicatedBatchError) -> [Element] {
        var elements: [Element] = []
        for value in try list(name) {
            guard let inner = value.map else { throw malformed(name) }
            var members = RecordMembers(inner, within: self)
            elements.append(try read(&members))
            try members.end()
        }
        return elements
    }

    static func isNumber(_ number: Int) -> Bool { (0...ReplicatedBatch.largestNumber).contains(number) }
}
