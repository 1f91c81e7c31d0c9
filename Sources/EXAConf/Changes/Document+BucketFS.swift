/// BucketFS services and their buckets.
extension Document {
    /// Adds a BucketFS service without buckets.
    ///
    /// - Throws: `exists` for a known name, `missing` for an unknown owner, `invalid`.
    package mutating func addBucketFS(
        _ name: String, _ settings: BucketFSSettings, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) {
        try TextRule.check(listed: name, "BucketFS service")
        guard bucketFSService(named: name) == nil else { throw EXAConfError.exists("BucketFS service '\(name)'") }
        var complete = settings
        complete.owner = settings.owner ?? .standard
        complete.httpPort = settings.httpPort ?? 0
        complete.httpsPort = settings.httpsPort ?? 0
        complete.syncKey = settings.syncKey ?? Identifiers.password(using: &random)
        complete.syncPeriod = settings.syncPeriod ?? "30000"
        complete.mode = settings.mode ?? "rsync"
        complete.bucketVolume = settings.bucketVolume ?? "None"
        try check(owner: complete.owner)
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.bucketFS(name))
            try draft.write(try complete.assignments(), to: .bucketFS(name))
        }
    }

    /// Changes keys of a BucketFS service.
    ///
    /// - Throws: `missing` for an unknown service or owner, `invalid`.
    package mutating func modifyBucketFS(_ name: String, _ settings: BucketFSSettings) throws(EXAConfError) {
        _ = try require(.bucketFS(name))
        try check(owner: settings.owner)
        try atomically { (draft) throws(EXAConfError) in
            try draft.write(try settings.assignments(), to: .bucketFS(name))
        }
    }

    /// Takes a BucketFS service out with all its buckets.
    ///
    /// - Throws: `missing` for an unknown service.
    package mutating func removeBucketFS(_ name: String) throws(EXAConfError) {
        _ = try require(.bucketFS(name))
        removeSection(.bucketFS(name))
    }

    /// Adds a bucket to a service; missing passwords are made up.
    ///
    /// - Throws: `missing` for an unknown service, `exists` for a known name, `invalid`.
    package mutating func addBucket(
        _ name: String, service: String, _ settings: BucketSettings, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) {
        try TextRule.check(listed: name, "bucket")
        _ = try require(.bucketFS(service))
        let path = SectionPath.bucket(name, service: service)
        guard !contains(path) else { throw EXAConfError.exists("Bucket '\(name)' of '\(service)'") }
        guard settings.isPublic != nil else {
            throw EXAConfError.invalid("Public: say whether everybody may read the new bucket.")
        }
        var complete = settings
        complete.readPassword = settings.readPassword ?? Identifiers.password(using: &random)
        complete.writePassword = settings.writePassword ?? Identifiers.password(using: &random)
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(path)
            try draft.write(try complete.assignments(), to: path)
        }
    }

    /// Changes keys of a bucket.
    ///
    /// - Throws: `missing` for an unknown service or bucket, `invalid`.
    package mutating func modifyBucket(
        _ name: String, service: String, _ settings: BucketSettings
    ) throws(EXAConfError) {
        _ = try require(.bucket(name, service: service))
        try atomically { (draft) throws(EXAConfError) in
            try draft.write(try settings.assignments(), to: .bucket(name, service: service))
        }
    }

    /// Takes a bucket out.
    ///
    /// - Throws: `missing` for an unknown service or bucket.
    package mutating func removeBucket(_ name: String, service: String) throws(EXAConfError) {
        _ = try require(.bucket(name, service: service))
        removeSection(.bucket(name, service: service))
    }
}

extension Owner {
    /// The owner of objects a fresh cluster has.
    package static let standard = Owner(user: 500, group: 500)
}
