import Foundation

/// What a data volume holds: the data of one database, whoever is started on it.
///
/// They lie in `paths.data`. Before, each database had a folder of its own (`paths.former`): what lies in one is moved
/// when its server is stopped, and is that database's until then.
struct Volume: Sendable {
    /// The folder the data lie in, or are to be made in.
    let folder: String
    /// The database whose folder it was, when the data lie in a folder of before.
    let formerName: String?
    /// Other folders with data: of databases that shared the volume before.
    let others: [String: String]
    private let data: String

    /// Looks where the data of a database are in its volume.
    init(_ request: EngineRequest) {
        data = request.paths.data
        let former = request.paths.former.filter { $0.value != request.paths.data && Self.holdsData($0.value) }
        let name = request.database.name
        if former[name] == nil, Self.holdsData(data) {
            (folder, formerName) = (data, nil)
        } else if let own = former[name] {
            (folder, formerName) = (own, name)
        } else if let (other, path) = former.first, former.count == 1 {
            (folder, formerName) = (path, other)
        } else {
            (folder, formerName) = (data, nil)
        }
        var others = former.filter { [folder] in $0.value != folder }
        if folder != data, Self.holdsData(data) { others[""] = data }
        self.others = others
    }

    static func directory(in folder: String) -> String { folder + "/postgresql" }

    /// Whether there is anything of an instance in a folder, sound or not.
    private static func holdsData(_ folder: String) -> Bool {
        [directory(in: folder), Replacement(folder).old].contains { !Files.names(in: $0).isEmpty }
    }

    var isEmpty: Bool { !Self.holdsData(folder) }

    /// Whose data they are; `nil` for none.
    var owner: Mark? {
        isEmpty ? nil : Mark.read(in: Self.directory(in: folder), folder: formerName)
    }

    /// The server that runs on the volume, and whose data it has.
    var running: (server: Server, name: String)? {
        let places = [(folder, formerName)] + others.sorted { $0.key < $1.key }.map { ($0.value, $0.key) }
        for (folder, name) in places {
            let directory = Self.directory(in: folder)
            guard let server = Server.find(in: directory) else { continue }
            return (server, Mark.read(in: directory, folder: name)?.name ?? name ?? "")
        }
        return nil
    }

    /// Moves data out of a folder of before, when they are the only ones of the volume; nothing works in it.
    func move() throws(EngineError) {
        guard folder != data, others.isEmpty else { return }
        let directory = Self.directory(in: folder)
        // An empty directory is replaced by the renamed one.
        guard rename(directory, Self.directory(in: data)) == 0 else {
            throw EngineError(.failed, "\(directory) could not be moved: \(String(cString: strerror(errno))).")
        }
        rmdir(folder)
    }
}
