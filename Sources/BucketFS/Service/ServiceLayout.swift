import EXAConf
import JobEngine

/// Reads the file services out of a configuration.
struct ServiceLayout: Sendable {
    /// What is to be served.
    struct Plan: Hashable, Sendable {
        var services: [ServedService] = []
        var endpoints: [Endpoint: ServedService] = [:]
        /// What of the configuration cannot be served, and why.
        var notes: [String] = []
        /// Whether every service and bucket has its folder.
        var isComplete = true

        /// The folders of services and buckets.
        var folders: Set<FolderWay> {
            Set(services.map(\.folder)).union(services.flatMap(\.buckets).map(\.folder.way))
        }
    }

    /// Where buckets may lie.
    let roots: PlaceRoots
    let owners: FileOwners
    /// Never given to a service.
    var daemonPort: Int?

    /// Where services without a `Path` have their folders on this machine.
    var standardFolder: FolderWay { FolderWay(top: roots.installation, names: BucketFSService.standardFolder) }

    func plan(_ document: Document) -> Plan {
        var plan = Plan()
        let plugins = Dictionary(grouping: document.plugins, by: \.service)
        for entry in document.bucketFSServices { add(entry, with: plugins[entry.name] ?? [], to: &plan) }
        owners.keep(Set(plan.services.map(\.owner)))
        return plan
    }

    /// The folder of a service.
    ///
    /// - Throws: ``PlaceFault`` for one where no buckets may lie.
    private func folder(of entry: BucketFSService) throws(PlaceFault) -> FolderWay {
        let place = try entry.place(in: roots)
        return FolderWay(top: roots.top(of: place), names: place.names)
    }

    private func add(_ entry: BucketFSService, with plugins: [DriverDirectory], to plan: inout Plan) {
        let folder: FolderWay
        do throws(PlaceFault) {
            folder = try self.folder(of: entry)
        } catch {
            plan.isComplete = false
            plan.notes.append("\(entry.name) is not served: \(error)")
            return
        }
        if let other = plan.services.first(where: { $0.folder.overlaps(folder) }) {
            plan.isComplete = false
            plan.notes.append("\(entry.name) is not served: its folder belongs to \(other.name)")
            return
        }
        guard let owner = owners.owner(entry.owner ?? .standard) else {
            plan.isComplete = false
            plan.notes.append("\(entry.name) is not served: a file service belongs to an account other than root")
            return
        }
        let buckets = entry.buckets.compactMap { bucket in
            served(bucket, of: entry.name, in: folder, owner: owner).map { served in
                var served = served
                served.plugins = Set(plugins.filter { $0.bucket == bucket.name }.map { Self.path(of: $0) })
                return served
            }
        }
        if buckets.count < entry.buckets.count {
            plan.isComplete = false
            plan.notes.append("\(entry.name) has buckets whose names no path can have")
        }
        var endpoints: [Endpoint] = []
        for (port, isSecure) in [(entry.httpPort, false), (entry.httpsPort, true)] where (1...65_535).contains(port) {
            let endpoint = Endpoint(port: port, isSecure: isSecure)
            if port == daemonPort {
                plan.notes.append("\(endpoint) of \(entry.name) is the daemon's own")
            } else if let taken = (Array(plan.endpoints.keys) + endpoints).first(where: { $0.port == port }) {
                plan.notes.append(
                    "\(endpoint) of \(entry.name) is taken by \(plan.endpoints[taken]?.name ?? entry.name)")
            } else {
                endpoints.append(endpoint)
            }
        }
        let service = ServedService(
            name: entry.name, endpoints: endpoints, folder: folder, owner: owner, buckets: buckets)
        plan.services.append(service)
        for endpoint in endpoints { plan.endpoints[endpoint] = service }
    }

    private func served(
        _ bucket: Bucket, of service: String, in folder: FolderWay, owner: FileOwner
    ) -> ServedBucket? {
        guard (try? BucketPath.check(bucket.name)) != nil, let name = BucketName(bucket.name, of: service) else {
            return nil
        }
        return ServedBucket(
            sharedName: name, isPublic: bucket.isPublic ?? false, readPassword: Self.plain(bucket.readPassword),
            writePassword: Self.plain(bucket.writePassword),
            folder: BucketFolder(way: folder.appending(bucket.name), owner: owner))
    }

    private static func path(of plugin: DriverDirectory) -> [String] {
        plugin.directory.split(separator: "/").map(String.init) + [plugin.name]
    }

    private static func plain(_ stored: String?) -> [UInt8]? {
        stored.flatMap { EncodedPassword.plain($0) }.map { Array($0.utf8) }
    }
}
