import EXAConf
import JobEngine
import NodeCommands

/// Storage as it is: what the configuration says, joined with what the nodes that could be reached told.
struct StorageView: Sendable {
    let document: Document
    /// What nodes told, by id.
    let looks: [Int: StorageLook.Answer]
    /// Nodes nobody waits for.
    let suspended: Set<Int>

    init(_ document: Document, _ looks: [(Int, StorageLook.Answer)], suspended: Set<Int>) {
        self.document = document
        self.looks = Dictionary(looks) { first, _ in first }
        self.suspended = suspended
    }

    /// Whether segments of a node can be used.
    func isOnline(_ node: Int) -> Bool { looks[node].map { !$0.settings.suspended } ?? false }

    /// What is out of order with a segment; nil when it can be used.
    func fault(of segment: VolumeLayout.Segment, _ layout: VolumeLayout, of volume: Volume) -> String? {
        guard let look = looks[segment.node] else { return "node \(segment.node) is offline" }
        if look.settings.suspended { return "storage node \(segment.node) is suspended" }
        guard let held = look.volumes[volume.name]?.segments[segment.id] else {
            return "node \(segment.node) has no space for segment \(segment.id)"
        }
        if held.disabled { return "a device of node \(segment.node) is disabled" }
        if held.bytes != layout.segmentBytes { return "segment \(segment.id) has another size than configured" }
        return nil
    }

    /// What a node tells of a volume; what can be switched is the same on all its nodes.
    func told(of volume: Volume) -> StorageLook.Volume? {
        volume.nodes.lazy.compactMap { looks[$0]?.volumes[volume.name] }.first
    }
}
