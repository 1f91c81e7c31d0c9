import JobEngine
import Values

/// Parameters of jobs on storage.
extension Parameter {
    static let volumeID = Parameter("vid", .int, text: "Id of the volume.")
    static let volumeName = Parameter("vname", .str, text: "Name of the volume.")
    static let deviceName = Parameter(
        "devname", .str, text: "Path of the device.", example: "/exa/data/storage/dev.1")
    static let diskName = Parameter("disk", .str, text: "Name of the disk.")
    static let physicalNode = Parameter("node", .int, text: "Physical node id.")
    static let storageNode = Parameter("nid", .int, text: "Node id.")
    static let volumeNodes = Parameter("node_ids", .list, text: "Node ids.", shape: .nodes)
    static let label = Parameter("label", .str, text: "Any string.")
    static let blocksPerNode = Parameter(
        "blocks_per_node", .int, text: "Blocks per segment; rounded up to whole stripes.", range: 1...(1 << 50))
    static let delta = Parameter("delta", .int, text: "By how much.", range: 1...1000)

    /// The ports of an archive volume, in the order of their names.
    static let volumePorts: [Parameter] = ["ftp", "ftps", "http", "https", "sftp"].map { name in
        Parameter("\(name)_port", .int, text: "\(name.uppercased()) port of an archive volume; 0 for none.")
    }
}
