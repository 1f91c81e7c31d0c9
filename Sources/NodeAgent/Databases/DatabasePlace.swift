import JobEngine

#if canImport(Glibc)
import Glibc
import NodeCommands
#endif

/// Where one database has its data, sockets and logs on this node.
struct DatabasePlace: Sendable, Hashable {
    /// What is in its data volume.
    let content: String
    /// Within that, which holds the data of one database.
    let data: String
    /// Folders with data in the same volume from the time when each database had one of its own, by its name.
    let former: [String: String]
    let run: String
    let logs: String
    private let root: InstallationRoot

    /// The place of the database a command is about.
    ///
    /// - Throws: `failed` with code 2 for a name that cannot be the name of a folder, or a volume that is no id.
    init(_ call: DatabaseCall) throws(ActionError) {
        let (name, volume) = (call.database, call.target.volume)
        guard Self.isPlain(name) else {
            throw .argument("database", "must have a name of letters, digits, '_', '-' and '.'")
        }
        guard volume >= 0 else { throw .argument("volume", "must be the id of a volume") }
        root = call.action.root
        content = "\(root.data)/volumes/\(volume)"
        data = content + "/data"
        former = Self.former(in: content, except: "data")
        run = "\(root.spool)/databases/\(name)"
        logs = "\(root.logs)/databases/\(name)"
    }

    /// Whether there may be data of a database in the volume.
    var isUsed: Bool { access(data, F_OK) == 0 || !former.isEmpty }

    private static func former(in content: String, except own: String) -> [String: String] {
        let names = (try? PosixFileSystem().names(in: content)) ?? []
        let folders = names.filter { name in
            name != own && isPlain(name) && access("\(content)/\(name)/postgresql", F_OK) == 0
        }
        return Dictionary(folders.map { ($0, "\(content)/\($0)") }) { first, _ in first }
    }

    private static func isPlain(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Makes the folders that are missing and gives them to the engine's user, who can pass through those above.
    func prepare(for account: ExternalProgram.Account?) throws(ActionError) {
        for path in [data, run, logs] { try Folder.make(path, below: root.directory, for: account) }
    }
}
