import EXAConf

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
    }

    /// Where services without a `Path` have their folders.
    static let standardFolder = "/exa/data/bucketfs"

    /// The path on this machine of a path in the configuration; `nil` for one where nothing may be written.
    let location: @Sendable (String) -> String?
    /// Whether files can be given to the owner of their service.
    let givesAway: Bool

    func plan(_ document: Document) -> Plan {
        var plan = Plan()
        for entry in document.bucketFSServices { add(entry, to: &plan) }
        return plan
    }

    private func add(_ entry: BucketFSService, to plan: inout Plan) {
        let path = entry.path ?? "\(Self.standardFolder)/\(entry.name)"
        guard (try? BucketPath.check(entry.name)) != nil, let folder = location(path) else {
            plan.isComplete = false
            plan.notes.append("\(entry.name) is not served: its folder has to be a plain path below /exa")
            return
        }
        if let other = plan.services.first(where: { $0.overlaps(folder) }) {
            plan.isComplete = false
            plan.notes.append("\(entry.name) is not served: its folder belongs to \(other.name)")
            return
        }
        let buckets = entry.buckets.compactMap { bucket in
            served(bucket, in: folder, owner: entry.owner)
        }
        if buckets.count < entry.buckets.count {
            plan.isComplete = false
            plan.notes.append("\(entry.name) has buckets whose names no path can have")
        }
        var endpoints: [Endpoint] = []
        for (port, isSecure) in [(entry.httpPort, false), (entry.httpsPort, true)] where (1...65_535).contains(port) {
            let endpoint = Endpoint(port: port, isSecure: isSecure)
            if let taken = (Array(plan.endpoints.keys) + endpoints).first(where: { $0.port == port }) {
                plan.notes.append(
                    "\(endpoint) of \(entry.name) is taken by \(plan.endpoints[taken]?.name ?? entry.name)")
            } else {
                endpoints.append(endpoint)
            }
        }
        let service = ServedService(name: entry.name, endpoints: endpoints, folder: folder, buckets: buckets)
        plan.services.append(service)
        for endpoint in endpoints { plan.endpoints[endpoint] = service }
    }

    private func served(_ bucket: Bucket, in folder: String, owner: Owner?) -> ServedBucket? {
        guard (try? BucketPath.check(bucket.name)) != nil else { return nil }
        return ServedBucket(
            name: bucket.name, isPublic: bucket.isPublic ?? false, readPassword: Self.plain(bucket.readPassword),
            writePassword: Self.plain(bucket.writePassword),
            folder: BucketFolder(path: "\(folder)/\(bucket.name)", owner: givesAway ? owner : nil))
    }

    private static func plain(_ stored: String?) -> [UInt8]? {
        stored.flatMap { EncodedPassword.plain($0) }.map { Array($0.utf8) }
    }
}
