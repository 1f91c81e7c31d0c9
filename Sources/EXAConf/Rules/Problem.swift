/// A rule the file breaks, with the place and the cure.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The section it is about.
    package let path: SectionPath
    /// The key it is about; nil for the section as a whole.
    package let key: String?
    /// Line of the key or header, counted from 1; 1 when the section is missing.
    package let line: Int
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let cure: String

    /// Message, place and cure as one text.
    package var description: String { "\(message) at line \(line). \(cure)" }
}
