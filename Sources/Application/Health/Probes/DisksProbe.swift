/// How much of a file system is used.
package struct DiskUse: Sendable, Hashable {
    /// What lies on it, in a word.
    package let name: String
    /// Names the file system, to tell whether two places lie on the same one.
    package let device: UInt64
    /// All bytes there are for whoever writes here.
    package let size: Int
    /// What can still be written.
    package let free: Int
    /// Whether so little is left that nothing is taken any more.
    package let isLow: Bool

    /// A file system as it was measured.
    package init(_ name: String, device: UInt64, size: Int, free: Int, isLow: Bool = false) {
        (self.name, self.device, self.size, self.free, self.isLow) = (name, device, size, free, isLow)
    }
}

/// The file systems of this node's installation, each of them once.
package struct DisksProbe: StateProbe {
    /// Figures are told in this many steps: what is written now and then is no news for other nodes.
    static let steps = 1000

    package let name = "disks"
    private let node: Int
    private let measure: @Sendable () -> [DiskUse]

    /// - Parameter measure: The places that matter; of several on one file system the first gives it its name.
    package init(node: Int, measure: @escaping @Sendable () -> [DiskUse]) {
        (self.node, self.measure) = (node, measure)
    }

    package func look() async -> [ObjectState] {
        var devices: Set<UInt64> = []
        let all = measure()
        let low = Set(all.filter(\.isLow).map(\.device))
        return all.filter { devices.insert($0.device).inserted }.map { disk in
            let step = max(1, disk.size / Self.steps)
            return ObjectState(
                .disk, "\(node)-\(disk.name)", node: node, wanted: "free",
                actual: low.contains(disk.device) ? "full" : "free",
                figures: [.sizeBytes: disk.size, .usedBytes: max(0, disk.size - disk.free) / step * step])
        }
    }
}
