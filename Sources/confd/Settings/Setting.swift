/// How a value is written where settings are read from.
enum SettingKind: String, CaseIterable, Sendable {
    case text
    case number = "whole number"
    case truth = "true or false"
}

/// What there is to say of a setting, whatever its value is.
protocol AnySetting: Sendable {
    /// Dotted, as in the settings file; `http.port` is `CONFD_HTTP_PORT` in the environment.
    var name: String { get }
    /// How a value is written.
    var kind: SettingKind { get }
    /// Type and range in words, as the table of all settings has them.
    var form: String { get }
    /// What a value has to be; the end of a sentence.
    var allowed: String { get }
    /// The value that holds when nothing is said, as it would be written; empty when there is none.
    var defaultText: String { get }
    /// What holds then in its place, in words.
    var unset: String? { get }
    /// What it means, without a full stop.
    var text: String { get }

    /// Whether a value is of the form.
    func accepts(_ value: String) -> Bool
}

extension AnySetting {
    /// The variable of the environment that sets it.
    var variable: String { Settings.variable(name) }

    /// What the start is stopped with for a value that is not of the form.
    func refusal(of value: String) -> Failure {
        Failure("The setting '\(name)' is '\(value)'; it has to be \(allowed).", .badSettings)
    }
}

/// One setting of the daemon, declared once in ``Settings``: its key, its form, its default and its meaning.
struct Setting<Content: Sendable>: AnySetting {
    let name: String
    let kind: SettingKind
    let form: String
    let allowed: String
    /// What holds when nothing is said.
    let fallback: Content
    let defaultText: String
    let unset: String?
    let text: String
    /// What a value stands for; `nil` for one that is not of the form.
    let read: @Sendable (String) -> Content?

    func accepts(_ value: String) -> Bool { read(value) != nil }
}

extension Setting where Content == String {
    /// Any text.
    ///
    /// - Parameter unset: What an empty default means.
    static func text(_ name: String, default fallback: String, unset: String? = nil, text: String) -> Setting {
        Setting(
            name: name, kind: .text, form: SettingKind.text.rawValue, allowed: SettingKind.text.rawValue,
            fallback: fallback, defaultText: fallback, unset: unset, text: text, read: { $0 })
    }
}

extension Setting where Content == String? {
    /// A text that may be missing; an empty one is.
    ///
    /// - Parameters:
    ///   - allowed: What it has to be, when it cannot be any text.
    ///   - unset: What holds without one.
    ///   - accepts: Whether it is that.
    static func optionalText(
        _ name: String, allowed: String = SettingKind.text.rawValue, unset: String, text: String,
        accepts: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Setting {
        Setting(
            name: name, kind: .text, form: allowed, allowed: allowed, fallback: nil, defaultText: "", unset: unset,
            text: text,
            read: { value in
                if value.isEmpty { return .some(nil) }
                guard accepts(value) else { return nil }
                return .some(value)
            })
    }
}

extension Setting where Content == Int {
    /// A whole number.
    ///
    /// - Parameter allowed: What it has to be, when the range is not what the operator is told.
    static func number(
        _ name: String, in range: ClosedRange<Int>, allowed: String? = nil, default fallback: Int, text: String
    ) -> Setting {
        Setting(
            name: name, kind: .number, form: range.form, allowed: allowed ?? range.requirement, fallback: fallback,
            defaultText: String(fallback), unset: nil, text: text,
            read: { value in
                guard let number = Int(value), range.contains(number) else { return nil }
                return number
            })
    }
}

extension Setting where Content == Int? {
    /// A whole number that may be missing.
    ///
    /// - Parameters:
    ///   - allowed: What it has to be, when the range is not what the operator is told.
    ///   - unset: What holds without one.
    static func optionalNumber(
        _ name: String, in range: ClosedRange<Int>, allowed: String? = nil, unset: String, text: String
    ) -> Setting {
        Setting(
            name: name, kind: .number, form: range.form, allowed: allowed ?? range.requirement, fallback: nil,
            defaultText: "", unset: unset, text: text,
            read: { value in
                if value.isEmpty { return .some(nil) }
                guard let number = Int(value), range.contains(number) else { return nil }
                return .some(number)
            })
    }
}

extension Setting where Content == Bool {
    /// True or false.
    static func truth(_ name: String, default fallback: Bool, text: String) -> Setting {
        Setting(
            name: name, kind: .truth, form: SettingKind.truth.rawValue, allowed: SettingKind.truth.rawValue,
            fallback: fallback, defaultText: String(fallback), unset: nil, text: text, read: { Bool($0) })
    }
}

extension Setting where Content: RawRepresentable & CaseIterable, Content.RawValue == String {
    /// One of the words of an enumeration.
    static func choice(_ name: String, default fallback: Content, text: String) -> Setting {
        let words = Content.allCases.map { $0.rawValue }
        let allowed = [words.dropLast().joined(separator: ", "), words.last ?? ""].joined(separator: " or ")
        return Setting(
            name: name, kind: .text, form: allowed, allowed: allowed, fallback: fallback,
            defaultText: fallback.rawValue, unset: nil, text: text, read: { Content(rawValue: $0) })
    }
}

extension Setting {
    /// Any number of elements with blanks between them; none by default.
    ///
    /// - Parameters:
    ///   - allowed: What the elements have to be.
    ///   - element: What a word stands for; `nil` for one that is no element.
    static func list<Element: Sendable>(
        _ name: String, of allowed: String, text: String, element: @escaping @Sendable (String) -> Element?
    ) -> Setting where Content == [Element] {
        let allowed = "\(allowed), with blanks between them"
        return Setting(
            name: name, kind: .text, form: allowed, allowed: allowed, fallback: [], defaultText: "", unset: "none",
            text: text,
            read: { value in
                let words = value.split(separator: " ").map { String($0) }
                let elements = words.compactMap { element($0) }
                return elements.count == words.count ? elements : nil
            })
    }
}

extension ClosedRange<Int> {
    /// The range in words; one that ends where all numbers do has no end that matters.
    private var words: String { upperBound == .max ? "\(lowerBound) or more" : "\(lowerBound) to \(upperBound)" }

    /// Type and range.
    fileprivate var form: String { "\(SettingKind.number.rawValue), \(words)" }

    /// What a number has to be.
    fileprivate var requirement: String { self == 1...Int.max ? "a number above 0" : words }
}
