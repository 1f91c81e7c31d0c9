import EXAConf
import JobEngine
import Values

/// Storage as it is: what the configuration says, joined with what the nodes that could be reached told.
struct StorageView: Sendable {
    let document: Document
    /// What `storage.look` answered, by node.
    let looks: [Int: Value]
    /// Nodes nobody waits for.
    let suspended: Set<Int>

    init(_ document: Document, _ looks: [(Int, Value)], suspended: Set<Int>) {
        self.document = document
        self.looks = Dictionary(looks) { first, _ in first }
        self.suspended = suspended
    }

    /// Whether segments of a node can be used.
    func isOnline(_ node: Int) -> Bool { looks[node].map { $0["settings"]?["suspended"]?.bool != true } ?? false }

    /// What is out of order with a segment; nil when it can be used.
    func fault(of segment: VolumeLayout.Segment, _ layout: VolumeLayout, of volume: Volume) -> String? {
        guard let look = looks[segment.node] else { return "node \(segment.node) is offline" }
        if look["settings"]?["suspended"]?.bool == true { return "storage node \(segment.node) is suspended" }
        guard let held = look["volumes"]?[volume.name]?["segments"]?[String(segment.id)] else {
            return "node \(segment.node) has no space for segment \(segment.id)"
        }
        if held["disabled"]?.bool == true { return "a device of node \(segment.node) is disabled" }
        if held["bytes"]?.int != layout.segmentBytes { return "segment \(segment.id) has another size than configured" }
        return nil
    }

    /// A flag of a volume that is the same on all its nodes.
    func flag(_ name: String, of volume: Volume) -> Value? {
        volume.nodes.lazy.compactMap { looks[$0]?["volumes"]?[volume.name]?[name] }.first
    }
}
