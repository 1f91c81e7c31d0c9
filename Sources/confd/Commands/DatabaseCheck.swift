import EXAConf
import Foundation
import NodeAgent

/// What is wanted of the databases of this node, and what the system shows of them.
struct DatabaseCheck {
    private let installation: Installation
    private let databases: [Database]
    private let volumes: [String: Int]

    init(_ settings: DaemonSettings, installation: Installation, document: Document) {
        self.installation = installation
        let node = try? NodeIdentity.find(in: document, root: installation.root, setting: settings[\.nodeID]).node
        databases = document.databases.filter { database in node.map(database.nodes.contains) ?? true }
        volumes = document.volumeIDs
    }

    /// One sentence each, with the cure.
    var notes: [String] {
        let root = installation.root
        let (made, wanted) = (Set(root.databasesMade), Set(root.databasesWantedRunning))
        return databases.compactMap { database in
            let name = database.name
            guard made.contains(name) || wanted.contains(name) else { return nil }
            let isUp = PortHolder.process(on: database.port).map(root.isDatabase) ?? false
            if let id = database.dataVolume.flatMap({ volumes[$0] }), !root.hasData(inVolume: id) {
                return
                    "The data of database \(name) are missing: there are none in \(root.data)/volumes/\(id). Bring the folder "
                    + "back, or a backup (confd_client db_restore)."
            }
            if wanted.contains(name), !isUp {
                return
                    "Database \(name) is wanted running and does not run: start it (confd_client db_start); its log is in "
                    + "\(root.logs)/databases/\(name)."
            }
            if !wanted.contains(name), isUp {
                return
                    "Database \(name) is wanted stopped and runs: stop it, or start it for good (confd_client db_stop, "
                    + "db_start)."
            }
            return nil
        }
    }
}
