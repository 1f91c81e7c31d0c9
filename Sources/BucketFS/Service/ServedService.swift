import EXAConf
import JobEngine

/// One file service of the configuration, with its buckets.
struct ServedService: Hashable, Sendable {
    let name: String
    let endpoints: [Endpoint]
    /// Each bucket has a folder of its name in it.
    let folder: FolderWay
    let owner: FileOwner
    /// In the order of the configuration.
    let buckets: [ServedBucket]

    func bucket(_ name: String) -> ServedBucket? { buckets.first { $0.name == name } }
}

/// One bucket of a file service.
struct ServedBucket: Hashable, Sendable {
    /// On every node of a cluster.
    let sharedName: BucketName
    let isPublic: Bool
    /// `nil` or empty lets nobody in.
    let readPassword: [UInt8]?
    let writePassword: [UInt8]?
    let folder: BucketFolder
    /// Paths of plugins in it: each node has a copy of its own, which comes and goes with the configuration.
    var plugins: Set<[String]> = []

    var name: String { sharedName.name }

    /// Whether a file is one of a plugin, and so none the nodes share.
    func isOfPlugin(_ path: BucketPath) -> Bool { plugins.contains { path.names.starts(with: $0) } }

    /// What guesses at one of its passwords are counted for.
    func account(of service: ServedService, for right: BucketRight) -> String {
        "bucket \(service.name)/\(name) \(right.user)"
    }
}

/// A port a service listens on.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    let port: Int
    let isSecure: Bool

    var description: String { "\(isSecure ? "HTTPS" : "HTTP") port \(port)" }
}

extension BucketFileServer {
    /// How one file service stands.
    package struct Standing: Sendable, Hashable {
        /// Its name in the configuration.
        package let name: String
        /// Whether each of its ports is open.
        package let isOpen: Bool
    }

    /// How every service of the configuration in force stands, by name.
    package var standing: [Standing] {
        let (plan, open) = (plan, openEndpoints)
        let closed = Set(plan.endpoints.filter { !open.contains($0.key) }.map(\.value.name))
        return plan.services.map(\.name).sorted().map { Standing(name: $0, isOpen: !closed.contains($0)) }
    }
}
