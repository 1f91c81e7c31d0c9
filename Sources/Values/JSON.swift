/// JSON (RFC 8259) for ``Value``: a strict reader with limits and a writer with sorted keys.
///
/// The reader takes one document and nothing behind it, refuses a member that stands twice, and keeps whole numbers
/// apart from fractions.
package enum JSON {
    /// What a document may cost its reader.
    package struct Limits: Sendable {
        /// Nesting, outermost value included; default 32.
        package var depth = 32
        /// Values altogether; default 100,000.
        package var count = 100_000

        /// A document that passes either bound is refused at that place, with a ``JSON/Fault``.
        package init(depth: Int = 32, count: Int = 100_000) {
            self.depth = depth
            self.count = count
        }
    }

    /// What is wrong with a document, and where.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        /// What was found, in words for the sender.
        package let message: String
        /// Bytes before the fault.
        package let offset: Int

        package var description: String { "\(message) at byte \(offset)" }
    }

    /// The value of a document.
    ///
    /// - Throws: ``Fault`` for anything that is not one JSON document within the limits.
    package static func parse(_ bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(Fault) -> Value {
        var reader = JSONReader(bytes: ContiguousArray(bytes), limits: limits)
        return try reader.document()
    }

    /// The value of a document given as text.
    package static func parse(_ text: String, limits: Limits = Limits()) throws(Fault) -> Value {
        try parse(text.utf8, limits: limits)
    }

    /// The texts, as they stand in the document, of one member of the object it is, or of each object in the list it is;
    /// `nil` for what has no such member.
    ///
    /// - Throws: ``Fault`` as ``parse(_:limits:)``.
    package static func texts(of name: String, in bytes: some Collection<UInt8>) throws(Fault) -> [String?] {
        var reader = JSONReader(bytes: ContiguousArray(bytes), limits: Limits())
        return try reader.texts(of: name)
    }

    /// The value of a request: as ``parse(_:limits:)``, and a whole number is one however it is written, `700.0` and `7e2`
    /// as some languages do.
    package static func request(_ bytes: some Collection<UInt8>) throws(Fault) -> Value {
        var reader = JSONReader(bytes: ContiguousArray(bytes), limits: Limits(), readsWholeNumbers: true)
        return try reader.document()
    }

    /// The document of a value, in one line, keys sorted.
    package static func bytes(_ value: Value) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.append(json: value)
        return bytes
    }

    /// The document of a value as text.
    package static func text(_ value: Value) -> String {
        String(decoding: bytes(value), as: UTF8.self)
    }
}

/// Names of a place in a JSON document (RFC 6901).
package enum JSONPointer {
    /// One name of a pointer, with the slash in front.
    package static func segment(_ name: some StringProtocol) -> String {
        "/" + name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }
}
