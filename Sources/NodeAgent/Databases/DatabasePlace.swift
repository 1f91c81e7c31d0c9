import JobEngine

/// Where one database has its data, sockets and logs on this node.
struct DatabasePlace: Sendable, Hashable {
    /// Within the content of its data volume.
    let data: String
    let run: String
    let logs: String
    private let root: InstallationRoot

    /// The place of the database a command is about.
    ///
    /// - Throws: `failed` with code 2 for a name that cannot be the name of a folder, or a volume that is no id.
    init(_ call: ActionCall) throws(ActionError) {
        guard let name = call.arguments["database"]?.map?["name"]?.string, Self.isPlain(name) else {
            throw .argument("database", "must have a name of letters, digits, '_', '-' and '.'")
        }
        guard let volume = call.arguments["volume"]?.int, volume >= 0 else {
            throw .argument("volume", "must be the id of a volume")
        }
        root = call.root
        data = "\(root.data)/volumes/\(volume)/\(name)"
        run = "\(root.spool)/databases/\(name)"
        logs = "\(root.logs)/databases/\(name)"
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
