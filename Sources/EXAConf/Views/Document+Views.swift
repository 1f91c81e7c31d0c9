/// Typed looks at the parts of a document. A single section that is missing reads as an empty one.
extension Document {
    /// `[Global]`
    package var global: GlobalSettings { view(.global) }
    /// `[SSL]`
    package var ssl: SSLSettings { view(.ssl) }
    /// `[Docker]`, nil on other platforms.
    package var docker: DockerSettings? { section(at: .docker).map { DockerSettings($0) } }
    /// `[EXAStorage]`
    package var storage: StorageSettings { view(.storage) }
    /// `[Logging]`
    package var logging: LoggingSettings { view(.logging) }

    /// All groups, in file order.
    package var groups: [GroupEntry] { section(at: .groups)?.sections.map { GroupEntry($0) } ?? [] }
    /// All users, in file order.
    package var users: [UserEntry] { section(at: .users)?.sections.map { UserEntry($0) } ?? [] }
    /// All nodes, in file order.
    package var nodes: [Node] { sections(kind: "Node").map { Node($0) } }
    /// All local volumes, in file order.
    package var volumes: [Volume] { sections(kind: "EXAVolume").map { Volume($0) } }
    /// All remote volumes, in file order.
    package var remoteVolumes: [RemoteVolume] { sections(kind: "RemoteVolume").map { RemoteVolume($0) } }
    /// All object volumes, in file order.
    package var objectVolumes: [ObjectVolume] { sections(kind: "ObjectVolume").map { ObjectVolume($0) } }
    /// All databases, in file order.
    package var databases: [Database] { sections(kind: "DB").map { Database($0) } }
    /// All BucketFS services, in file order; the nameless section of old files is none.
    package var bucketFSServices: [BucketFSService] { sections(kind: "BucketFS").map { BucketFSService($0) } }
    /// All plugins, in file order.
    package var plugins: [DriverDirectory] { sections(kind: "Plugin").map { DriverDirectory($0) } }

    /// The group of that name; nil when there is none.
    package func group(named name: String) -> GroupEntry? {
        Blanks.areAround(name) ? nil : section(at: .group(name)).map { GroupEntry($0) }
    }
    /// The group of that id; nil when there is none.
    package func group(id: Int) -> GroupEntry? { groups.first { $0.id == id } }
    /// The user of that name; nil when there is none.
    package func user(named name: String) -> UserEntry? {
        Blanks.areAround(name) ? nil : section(at: .user(name)).map { UserEntry($0) }
    }
    /// The user of that id; nil when there is none.
    package func user(id: Int) -> UserEntry? { users.first { $0.id == id } }
    /// The node of that id; nil when there is none.
    package func node(id: Int) -> Node? { section(at: .node(id)).map { Node($0) } }
    /// The node of that name; nil when there is none.
    package func node(named name: String) -> Node? { nodes.first { $0.name == name } }
    /// The local volume of that name; nil when there is none.
    package func volume(named name: String) -> Volume? { section(at: .volume(name)).map { Volume($0) } }
    /// The remote volume of that name; nil when there is none.
    package func remoteVolume(named name: String) -> RemoteVolume? {
        section(at: .remoteVolume(name)).map { RemoteVolume($0) } ?? remoteVolumes.first { $0.name == name }
    }
    /// The remote volume of that id; nil when there is none.
    package func remoteVolume(id: Int) -> RemoteVolume? { remoteVolumes.first { $0.id == id } }
    /// The object volume of that name; nil when there is none.
    package func objectVolume(named name: String) -> ObjectVolume? {
        section(at: .objectVolume(name)).map { ObjectVolume($0) }
    }
    /// The database of that name; nil when there is none.
    package func database(named name: String) -> Database? { section(at: .database(name)).map { Database($0) } }
    /// The database of that id; nil when there is none.
    package func database(id: String) -> Database? { databases.first { $0.id == id } }
    /// The BucketFS service of that name; nil when there is none.
    package func bucketFSService(named name: String) -> BucketFSService? {
        section(at: .bucketFS(name)).map { BucketFSService($0) }
    }
    /// The bucket of that name in that service; nil when there is none.
    package func bucket(named name: String, service: String) -> Bucket? {
        section(at: .bucket(name, service: service)).map { Bucket($0) }
    }

    private func view<View: SectionView>(_ path: SectionPath) -> View {
        View(section(at: path) ?? Section(header: path.description))
    }
}
