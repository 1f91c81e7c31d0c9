/// What a new cluster of one node is made of; everything has a default but the hash of the administrator.
package struct FreshCluster: Sendable, Hashable {
    /// Networks are named after it.
    package var clusterName = "cl4"
    /// At least 11.
    package var nodeID = 11
    /// `n` and the id by default.
    package var nodeName: String?
    /// Runs of `x` stand for the node id.
    package var privateNet = "10.10.10.x/24"
    /// Empty for none.
    package var publicNet = ""
    /// The port ConfD listens on.
    package var xmlRPCPort = 443
    /// Port of the database.
    package var databasePort = 8563
    /// Plain port of the default BucketFS service; 0 for off.
    package var bucketFSPort = 0
    /// Port of the default BucketFS service with TLS; 0 for off.
    package var bucketFSSecurePort = 2581
    /// Random by default.
    package var authenticationToken: String?
    /// Random by default.
    package var nodeUUID: String?
    /// Version of the file format.
    package var confVersion = Document.formatVersion
    /// Cluster software.
    package var osVersion = Document.formatVersion
    /// Database software.
    package var dbVersion = "2025.1.3"
    /// Container image.
    package var imageVersion = "2025.1.3"
    /// Size of the data volume.
    package var dataVolumeSize = "4 GiB"
    /// Size of the archive volume; nil leaves the volume out.
    package var archiveVolumeSize: String?
    /// Name of the administrator.
    package var administrator = "admin"
    /// User id of the administrator.
    package var administratorID = 1000
    /// Hash in the form of crypt(3); nil leaves the administrator out.
    package var administratorPasswordHash: String?

    /// Defaults for everything.
    package init() {}
}
