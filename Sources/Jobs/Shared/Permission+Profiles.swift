import Access

/// Who may run which jobs; ConfD documentation, job reference.
extension Permission {
    /// Users, groups, the license and settings.
    static let administration = Permission(users: ["root"], groups: ["root", "exaadm"])
    /// What shows or sets every secret at once.
    static let root = Permission(users: ["root"], groups: ["root"])
    /// A user's own affairs.
    static let administrationOrSelf = Permission(users: ["root", caller], groups: ["root", "exaadm"])
    /// Nodes.
    static let nodes = Permission(users: [], groups: ["root", "exaadm"])
    /// Databases, backups and certificates.
    static let databases = Permission(users: ["root"], groups: ["root", "exaadm", "exadbadm"])
    /// Looking at BucketFS, and making services.
    static let bucketFS = Permission(users: ["root"], groups: ["root", "exabfsadm", "exaadm"])
    /// Changing what exists in BucketFS.
    static let bucketFSOwner = Permission(users: ["root", owner], groups: ["root", "exabfsadm", "exaadm"])
    /// Remote volumes as a whole, and object volumes.
    static let volumes = Permission(users: ["root"], groups: ["root", "exaadm", "exastoradm"])
    /// The list of object volumes.
    static let volumesAndUsers = Permission(users: ["root"], groups: ["root", "exaadm", "exastoradm", "exausers"])
    /// The list of databases.
    static let databasesAndUsers = Permission(users: ["root"], groups: ["root", "exaadm", "exadbadm", "exausers"])
    /// One remote volume.
    static let remoteVolumeOwner = Permission(users: [owner], groups: ["root", "exaadm", "exastoradm"])
    /// Looking at storage, and changing volumes that exist.
    static let storage = Permission(users: ["root"], groups: ["root", "exastoradm", "exaadm"])
    /// New volumes, devices that exist, nodes of storage and ports.
    static let storageChanges = Permission(users: [], groups: ["root", "exaadm", "exadbadm"])
    /// New devices.
    static let newDevices = Permission(users: [], groups: ["root", "exaadm", "exastoradm"])
    /// What is for debugging only.
    static let rootGroup = Permission(users: [], groups: ["root"])
}
