/// What an object volume is given; nil leaves the key as it is.
package struct ObjectVolumeSettings: Sendable, Hashable {
    /// `s3`, `gs` or `azure`; a new volume needs it.
    package var type: String?
    /// As the provider names it; a new volume needs it.
    package var region: String?
    /// At the provider; a new volume needs it.
    package var bucket: String?
    /// In front of all object names.
    package var prefix: String?
    /// Address of a store that is not the provider's own.
    package var endPoint: String?
    /// Secret, as the provider takes it.
    package var credentials: String?
    /// As the storage service takes them.
    package var options: String?
    /// Free words.
    package var labels: [String]?
    /// User and group; `500 : 500` by default.
    package var owner: Owner?
    /// `rwx` by default.
    package var permissions: String?
    /// True by default.
    package var isShared: Bool?
    /// 0 highest, 20 lowest; 10 by default.
    package var priority: Int?

    /// Nothing is changed by an argument that is left out.
    package init(
        type: String? = nil, region: String? = nil, bucket: String? = nil, prefix: String? = nil,
        endPoint: String? = nil, credentials: String? = nil, options: String? = nil, labels: [String]? = nil,
        owner: Owner? = nil, permissions: String? = nil, isShared: Bool? = nil, priority: Int? = nil
    ) {
        self.type = type
        self.region = region
        self.bucket = bucket
        self.prefix = prefix
        self.endPoint = endPoint
        self.credentials = credentials
        self.options = options
        self.labels = labels
        self.owner = owner
        self.permissions = permissions
        self.isShared = isShared
        self.priority = priority
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try Document.check(type, oneOf: ["s3", "gs", "azure"], key: "Type")
        try Document.check(priority, in: 0...20, key: "Priority")
        return [
            Assignment("Type", type), Assignment("Region", region), Assignment("Bucket", bucket),
            Assignment("Prefix", prefix), Assignment("EndPoint", endPoint), Assignment("Credentials", credentials),
            Assignment("Options", options), try Assignment("Labels", optionalList: labels),
            Assignment("Owner", owner?.description), Assignment("Permissions", permissions),
            Assignment("Shared", isShared), Assignment("Priority", priority),
        ]
    }
}
