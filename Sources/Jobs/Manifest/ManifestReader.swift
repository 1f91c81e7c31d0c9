import JobEngine
import Values

/// Reads the members of one object of a manifest and notes every fault with its place, not only the first.
struct ManifestReader {
    /// What is wrong, one sentence each.
    private(set) var faults: [String] = []
    private var members: [String: Value]
    private let place: String

    /// - Parameter place: What stands before the name of a member in a fault, such as `parameters[0].`.
    init(_ value: Value, at place: String = "") {
        members = value.map ?? [:]
        self.place = place
        if value.map == nil { faults.append("\(place.isEmpty ? "the manifest" : place) has to be an object.") }
    }

    mutating func note(_ name: String, _ rule: String) {
        faults.append("\(place)\(name) \(rule).")
    }

    mutating func add(_ others: [String]) {
        faults += others
    }

    mutating func value(_ name: String) -> Value? {
        members.removeValue(forKey: name)?.unlessNull
    }

    mutating func text(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        if let text = value.string, !text.isEmpty { return text }
        note(name, "has to be a text")
        return nil
    }

    mutating func requiredText(_ name: String) -> String {
        if members[name] == nil { note(name, "is missing") }
        return text(name) ?? ""
    }

    /// One text or a list of them.
    mutating func texts(_ name: String) -> [String] {
        guard let value = value(name) else { return [] }
        let texts = (value.list ?? [value]).compactMap(\.string)
        if texts.count != value.list?.count ?? 1 { note(name, "has to be a list of texts") }
        return texts
    }

    mutating func flag(_ name: String, default standard: Bool = false) -> Bool {
        guard let value = value(name) else { return standard }
        if value.bool == nil { note(name, "has to be true or false") }
        return value.bool ?? standard
    }

    mutating func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(name) else { return nil }
        if let number = value.int, range.contains(number) { return number }
        note(name, "has to be a number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// One of a few words; `nil` when it is absent or none of them.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, _ type: Word.Type) -> Word? {
        guard let text = text(name) else { return nil }
        if let word = Word(rawValue: text) { return word }
        note(name, "has to be one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    /// The elements of a list, none when it is absent.
    mutating func elements(_ name: String) -> [Value] {
        guard let value = value(name) else { return [] }
        if value.list == nil { note(name, "has to be a list") }
        return value.list ?? []
    }

    /// The members of an object, none when it is absent.
    mutating func object(_ name: String) -> [String: Value] {
        guard let value = value(name) else { return [:] }
        if value.map == nil { note(name, "has to be an object") }
        return value.map ?? [:]
    }

    /// Every member that nobody asked for is a fault; to be called last.
    mutating func end() {
        for name in members.keys.sorted() { note(name, "is not known") }
    }
}
