import Gateway
import JobEngine
import Values

/// Takes members out of a JSON body and finds every fault of it.
struct BodyReader {
    private let members: [String: Value]
    private var known: Set<String> = []
    /// Members whose content is checked where they go, since it has secrets: parameters, and values read as a whole.
    private var checkedElsewhere: Set<String> = []
    private var faults: [Problem.Fault] = []

    /// - Parameter body: `nil` when there is no body, which counts as one without members.
    init(_ body: Value?) {
        members = body?.map ?? [:]
        if let body, body.map == nil {
            note("", code: "wrong-type", "The body has to be an object, got \(body.jsonType).")
        }
    }

    mutating func text(_ name: String, isMandatory: Bool = false) -> String? {
        guard let value = take(name, isMandatory: isMandatory, expected: "a string") else { return nil }
        if value.string == nil {
            note("/\(name)", code: "wrong-type", "'\(name)': expected a string, got \(value.jsonType).")
        }
        return value.string
    }

    /// What a change is for: it is kept with what it causes, so it has a bound.
    mutating func reason() -> String? {
        let reason = text("reason")
        if let reason, reason.utf8.count > JobRequest.longestIntent {
            refuse("reason", "at most \(JobRequest.longestIntent) bytes are allowed.")
        }
        return reason
    }

    mutating func int(_ name: String, isMandatory: Bool = false) -> Int? {
        guard let value = take(name, isMandatory: isMandatory, expected: "a whole number") else { return nil }
        if value.int == nil {
            note("/\(name)", code: "wrong-type", "'\(name)': expected a whole number, got \(value.jsonType).")
        }
        return value.int
    }

    /// A member of any type, a null included.
    mutating func value(_ name: String, isMandatory: Bool = false) -> Value? {
        checkedElsewhere.insert(name)
        return take(name, isMandatory: isMandatory, expected: "it")
    }

    /// One of some words.
    mutating func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type) -> Word?
    where Word.RawValue == String {
        guard let text = text(name) else { return nil }
        if let word = Word(rawValue: text) { return word }
        refuse(name, "give one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")).")
        return nil
    }

    /// Notes that a member was read and cannot be used; the text says what to give instead.
    mutating func refuse(_ name: String, _ text: String, code: String = "invalid") {
        note("/\(name)", code: code, "'\(name)': \(text)")
    }

    /// Parameters of a job: the members of a member, or of the body itself. None of them may be null.
    mutating func parameters(of name: String? = nil) -> [String: Value] {
        let parameters = name.map { map($0) ?? [:] } ?? members
        if name == nil { known.formUnion(members.keys) }
        checkedElsewhere.formUnion(name.map { [$0] } ?? Set(members.keys))
        for parameter in parameters.keys.sorted() where parameters[parameter] == .null {
            let pointer = (name.map { "/\($0)" } ?? "") + JSONPointer.segment(parameter.echoed)
            note(pointer, code: "wrong-type", "'\(parameter.echoed)': leave it out instead of giving null.")
        }
        return parameters
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool { members.isEmpty }

    /// A list of strings.
    mutating func texts(_ name: String, isMandatory: Bool = false) -> [String]? {
        guard let value = take(name, isMandatory: isMandatory, expected: "a list of strings") else { return nil }
        let texts = value.list?.compactMap(\.string)
        if texts == nil || texts?.count != value.list?.count {
            note("/\(name)", code: "wrong-type", "'\(name)': expected a list of strings.")
        }
        return texts
    }

    mutating func truth(_ name: String) -> Bool? {
        guard let value = take(name, isMandatory: false, expected: "true or false") else { return nil }
        if value.bool == nil {
            note("/\(name)", code: "wrong-type", "'\(name)': expected true or false, got \(value.jsonType).")
        }
        return value.bool
    }

    mutating func map(_ name: String) -> [String: Value]? {
        guard let value = take(name, isMandatory: false, expected: "an object") else { return nil }
        if value.map == nil {
            note("/\(name)", code: "wrong-type", "'\(name)': expected an object, got \(value.jsonType).")
        }
        return value.map
    }

    /// Ends the reading; to be called after every member was taken.
    ///
    /// - Throws: ``Problem`` with all faults, members nobody took included.
    mutating func finish() throws(Problem) {
        // A caller who sends thousands is not answered with as much again.
        for name in members.keys.filter({ !known.contains($0) }).sorted().prefix(20) {
            let names = known.sorted().joined(separator: ", ")
            note(
                JSONPointer.segment(name.echoed), code: "unknown-member",
                "'\(name.echoed)' is no member here; known: \(names).")
        }
        for name in members.keys.sorted() where !checkedElsewhere.contains(name) {
            for fault in MisplacedKey.faults(in: [name: members[name] ?? .null], at: "") {
                note(fault.pointer, code: "invalid", fault.text)
            }
        }
        guard faults.isEmpty else {
            throw Problem(.bodyInvalid, faults.map(\.detail).joined(separator: " "), faults: faults)
        }
    }

    private mutating func take(_ name: String, isMandatory: Bool, expected: String) -> Value? {
        known.insert(name)
        if let value = members[name] { return value }
        if isMandatory { note("/\(name)", code: "missing", "'\(name)' is missing; give \(expected).") }
        return nil
    }

    private mutating func note(_ pointer: String, code: String, _ text: String) {
        faults.append(.init(.pointer(pointer), code, detail: text))
    }
}
