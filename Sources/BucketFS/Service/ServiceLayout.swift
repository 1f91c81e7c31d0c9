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
    private static let standardFolder = ["data", "bucketfs"]

    /// Where buckets may lie.
    let roots: PlaceRoots
    /// Whether files can be given to the owner of their service.
    let givesAway: Bool

    /// Where services without a `Path` have their folders on this machine.
    var standardFolder: FolderWay { FolderWay(top: roots.installation, names: Self.standardFolder) }

    func plan(_ document: Document) -> Plan {
        var plan = Plan()
        for entry in document.bucketFSServices { add(entry, to: &plan) }
        return plan
    }

    /// The folder of a service.
    ///
    /// - Throws: ``PlaceFault`` for one where no buckets may lie.
    private func folder(of entry: BucketFSService) throws(PlaceFault) -> FolderWay {
        let path = entry.path ?? (["/exa"] + Self.standardFolder + [entry.name]).joined(separator: "/")
        let place = try Place(.bucket, path, in: roots)
        return FolderWay(top: roots.top(of: place), names: place.names)
    }

    private func add(_ entry: BucketFSService, to plan: inout Plan) {
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
        let owner = entry.owner ?? .standard
        guard owner.canServe else {
            plan.isComplete = false
            plan.notes.append("\(entry.name) is not served: a file service belongs to an account other than root")
            return
        }
        let buckets = entry.buckets.compactMap { bucket in
            served(bucket, in: folder, owner: owner)
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

    private func served(_ bucket: Bucket, in folder: FolderWay, owner: Owner) -> ServedBucket? {
        guard (try? BucketPath.check(bucket.name)) != nil else { return nil }
        return ServedBucket(
            name: bucket.name, isPublic: bucket.isPublic ?? false, readPassword: Self.plain(bucket.readPassword),
            writePassword: Self.plain(bucket.writePassword),
            folder: BucketFolder(way: folder.appending(bucket.name), owner: givesAway ? owner : nil))
    }

    private static func plain(_ stored: String?) -> [UInt8]? {
        stored.flatMap { EncodedPassword.plain($0) }.map { Array($0.utf8) }
    }
}
