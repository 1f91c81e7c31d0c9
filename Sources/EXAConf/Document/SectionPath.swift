/// The way from the root of a document to one of its sections.
package struct SectionPath: Sendable, Hashable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// Names from the outermost section inwards; empty for the root.
    package let names: [SectionName]

    /// A path along the given names.
    package init(_ names: [SectionName]) {
        self.names = names
    }

    package init(arrayLiteral elements: SectionName...) {
        self.init(elements)
    }

    /// The level above the first header.
    package static let root = SectionPath([])
    /// `[Global]`
    package static let global: SectionPath = ["Global"]
    /// `[SSL]`
    package static let ssl: SectionPath = ["SSL"]
    /// `[Docker]`
    package static let docker: SectionPath = ["Docker"]
    /// `[Groups]`
    package static let groups: SectionPath = ["Groups"]
    /// `[Users]`
    package static let users: SectionPath = ["Users"]
    /// `[EXAStorage]`
    package static let storage: SectionPath = ["EXAStorage"]
    /// `[Logging]`
    package static let logging: SectionPath = ["Logging"]

    /// `[Groups]`, `[[name]]`
    package static func group(_ name: String) -> SectionPath { groups.appending(SectionName(header: name)) }
    /// `[Users]`, `[[name]]`
    package static func user(_ name: String) -> SectionPath { users.appending(SectionName(header: name)) }
    /// `[Node : id]`
    package static func node(_ id: Int) -> SectionPath { top("Node", String(id)) }
    /// `[EXAVolume : name]`
    package static func volume(_ name: String) -> SectionPath { top("EXAVolume", name) }
    /// `[RemoteVolume : name]`
    package static func remoteVolume(_ name: String) -> SectionPath { top("RemoteVolume", name) }
    /// `[ObjectVolume : name]`
    package static func objectVolume(_ name: String) -> SectionPath { top("ObjectVolume", name) }
    /// `[DB : name]`
    package static func database(_ name: String) -> SectionPath { top("DB", name) }
    /// `[BucketFS : name]`
    package static func bucketFS(_ name: String) -> SectionPath { top("BucketFS", name) }
    /// `[BucketFS : service]`, `[[Bucket : name]]`
    package static func bucket(_ name: String, service: String) -> SectionPath {
        bucketFS(service).appending(SectionName(kind: "Bucket", identifier: name))
    }
    /// `[DB : database]`, `[[Backup : name]]`
    package static func backup(_ name: String, database: String) -> SectionPath {
        self.database(database).appending(SectionName(kind: "Backup", identifier: name))
    }
    /// `[DB : database]`, `[[Snapshot : name]]`
    package static func snapshot(_ name: String, database: String) -> SectionPath {
        self.database(database).appending(SectionName(kind: "Snapshot", identifier: name))
    }
    /// `[Node : node]`, `[[Disk : name]]`
    package static func disk(_ name: String, node: Int) -> SectionPath {
        self.node(node).appending(SectionName(kind: "Disk", identifier: name))
    }

    /// The path of a section one level below.
    package func appending(_ name: SectionName) -> SectionPath {
        SectionPath(names + [name])
    }

    /// The path one level above; the root stays the root.
    package var parent: SectionPath { SectionPath(names.dropLast()) }

    /// Canonical names joined with `/`, for messages and reports.
    package var description: String {
        names.map(\.description).joined(separator: "/")
    }

    private static func top(_ kind: String, _ identifier: String) -> SectionPath {
        SectionPath([SectionName(kind: kind, identifier: identifier)])
    }
}
