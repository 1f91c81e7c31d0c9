import Glibc

/// Variables of the environment that say where the daemon is and who asks.
struct Variables {
    private let bytes: (String) -> [UInt8]?
    /// Whether the names count that others use for themselves as well, `CONFD_HOST` and the like.
    var hasSharedNames = true

    /// The environment of this process.
    init() {
        bytes = { name in getenv(name).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } }
    }

    init(_ values: [String: String]) { bytes = { values[$0].map { Array($0.utf8) } } }

    /// What the command line says, else `CONFD_CLIENT_NAME`, which can be meant for nobody else, or `CONFD_NAME`.
    func value(_ name: String, given: String? = nil) throws(Failure) -> String? {
        if let given { return given }
        if let value = try text("CONFD_CLIENT_\(name)") { return value }
        return hasSharedNames ? try text("CONFD_\(name)") : nil
    }

    /// A variable by its whole name; `nil` for an empty one.
    ///
    /// - Throws: ``Failure`` for one that is no text.
    func text(_ name: String) throws(Failure) -> String? {
        guard let bytes = bytes(name), !bytes.isEmpty else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .usage("The variable \(name) is no text in UTF-8.")
        }
        return text
    }
}
