/// A typed look at one section; every property reads its key when it is asked for.
///
/// A missing, empty or unreadable value gives the default of the format or nil: old files and templates stay readable.
/// ``Document/problems()`` names values that no reader can use.
package protocol SectionView: Sendable, Hashable {
    /// The section as it stands in the document, for keys without a property.
    var section: Section { get }
    /// A look at the given section.
    init(_ section: Section)
}

extension SectionView {
    /// The header text (`BucketFS : bfsdefault`), shown as `_sec_name` by bucket answers.
    package var headerText: String { section.header }

    /// The value of a key; nil when the key is missing or empty.
    package func text(_ key: String) -> String? {
        section[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A whole number; nil when the key is missing or no number.
    package func int(_ key: String) -> Int? { section[key].flatMap { Int($0) } }

    /// A truth value; nil when the key is missing or no truth value.
    package func bool(_ key: String) -> Bool? { section[key].flatMap { BoolText.parse($0) } }

    /// The elements of a list; empty when the key is missing.
    package func list(_ key: String) -> [String] { section[key].map { ListText.split($0) } ?? [] }

    func size(_ key: String) -> Size? { section[key].flatMap { Size($0) } }

    func version(_ key: String) -> Version? { section[key].flatMap { Version($0) } }

    func owner(_ key: String = "Owner") -> Owner? { section[key].flatMap { Owner($0) } }

    func ints(_ key: String) -> [Int] { list(key).compactMap { Int($0) } }
}
