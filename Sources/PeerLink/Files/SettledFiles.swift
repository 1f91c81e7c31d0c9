import Replication
import Values

/// Which files of revisions were brought to their places on a node.
struct SettledFiles: Sendable, Hashable {
    /// What it is kept in, beside the contents.
    static let name = "settled"

    /// Revision and digest of each, by path.
    private var files: [String: String] = [:]

    /// None.
    init() {}

    /// What was kept; what cannot be read counts as none, so that files are brought to their places again.
    init(_ bytes: [UInt8]) {
        files = ((try? JSON.parse(bytes))?.map ?? [:]).compactMapValues(\.string)
    }

    var bytes: [UInt8] { JSON.bytes(.map(files.mapValues(Value.string))) }

    func has(_ file: ReplicatedFile) -> Bool { files[file.path] == Self.mark(of: file) }

    mutating func insert(_ file: ReplicatedFile) { files[file.path] = Self.mark(of: file) }

    /// Forgets those that belong to no revision any more.
    mutating func keep(only known: [ReplicatedFile]) {
        let paths = Set(known.map(\.path))
        files = files.filter { paths.contains($0.key) }
    }

    private static func mark(of file: ReplicatedFile) -> String { "\(file.revision) \(file.sha256)" }
}
