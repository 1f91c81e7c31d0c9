/// What a BucketFS service is given; nil leaves the key as it is, or to its default for a new service.
package struct BucketFSSettings: Sendable, Hashable {
    /// User and group; `500 : 500` by default.
    package var owner: Owner?
    /// 0 for off.
    package var httpPort: Int?
    /// 0 for off.
    package var httpsPort: Int?
    /// Plain text or its base64; random by default.
    package var syncKey: String?
    /// Milliseconds, kept as text; `30000` by default.
    package var syncPeriod: String?
    /// `rsync` by default.
    package var mode: String?
    /// `None` by default.
    package var bucketVolume: String?
    /// Directory the buckets are stored in.
    package var path: String?

    /// Nothing is changed by an argument that is left out.
    package init(
        owner: Owner? = nil, httpPort: Int? = nil, httpsPort: Int? = nil, syncKey: String? = nil,
        syncPeriod: String? = nil, mode: String? = nil, bucketVolume: String? = nil, path: String? = nil
    ) {
        self.owner = owner
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.syncKey = syncKey
        self.syncPeriod = syncPeriod
        self.mode = mode
        self.bucketVolume = bucketVolume
        self.path = path
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try Document.check(port: httpPort, of: "HttpPort")
        try Document.check(port: httpsPort, of: "HttpsPort")
        if let syncPeriod, Int(syncPeriod).map({ $0 < 0 }) ?? true {
            throw EXAConfError.invalid("SyncPeriod: give a number of milliseconds.")
        }
        return [
            Assignment("Owner", owner?.description),
            Assignment("HttpPort", httpPort),
            Assignment("HttpsPort", httpsPort),
            Assignment("SyncKey", syncKey.map { EncodedPassword.stored($0) }),
            Assignment("SyncPeriod", syncPeriod),
            Assignment("mode", mode),
            Assignment("bucketvolume", bucketVolume),
            Assignment("Path", path),
        ]
    }
}
