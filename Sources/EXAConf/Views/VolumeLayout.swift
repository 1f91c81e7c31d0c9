/// Where the segments of a local volume lie, as it follows from the volume's section alone.
///
/// The blocks are divided into ranges of equal length, one for each master node (vertical distribution). A range is
/// kept once on its master and, with a redundancy of r, on r − 1 other nodes: on those for redundancy only when there
/// are enough of them, else on the next ones round the ring. The same section gives the same layout on every node.
package struct VolumeLayout: Sendable, Hashable {
    /// A range of blocks on one node.
    package struct Segment: Sendable, Hashable {
        /// Number within the volume: the masters' come first, then those of each further copy.
        package let id: Int
        /// Number of the range.
        package let index: Int
        /// 1 for the master, 2 and above for copies.
        package let level: Int
        /// The node it lies on.
        package let node: Int
    }

    /// Ordered by id.
    package let segments: [Segment]
    /// Blocks of every segment; whole stripes.
    package let blocksPerSegment: Int
    /// Bytes of a block.
    package let blockSize: Int
    /// Bytes of a stripe, a multiple of a block.
    package let stripeSize: Int
    /// Number of ranges.
    package let masterCount: Int

    /// Bytes of every segment.
    package var segmentBytes: Int { blocksPerSegment * blockSize }

    /// The most bytes all segments of a volume may have together.
    package static let sizeLimit = 1 << 60

    /// The layout of a volume.
    ///
    /// - Throws: `invalid` for a section that no layout follows from: no node or one twice, more copies than nodes, more
    ///   masters than nodes, sizes that are no multiples of each other or too large.
    package init(_ volume: Volume) throws(EXAConfError) {
        let nodes = volume.nodes
        let (masters, copies) = (volume.masterNodeCount, volume.redundancy)
        guard !nodes.isEmpty, Set(nodes).count == nodes.count else {
            throw EXAConfError.invalid("Nodes: volume '\(volume.name)' needs at least one node, each only once.")
        }
        try Document.check(copies, in: 1...nodes.count, key: "Redundancy")
        try Document.check(masters, in: 1...nodes.count, key: "NumMasterNodes")
        blockSize = try Self.blockSize(of: volume)
        stripeSize = try Self.stripeSize(of: volume, blockSize: blockSize)
        masterCount = masters
        blocksPerSegment = try Self.blocks(
            volume.size?.bytes ?? 0, in: masters, copies: copies, block: blockSize, stripe: stripeSize)
        segments = blocksPerSegment == 0 ? [] : Self.segments(nodes, masters: masters, copies: copies)
    }

    /// Number of the first block of a segment's range, and of the last.
    package func blocks(of segment: Segment) -> ClosedRange<Int> {
        let first = segment.index * blocksPerSegment
        return first...(first + max(blocksPerSegment, 1) - 1)
    }

    /// A number of blocks, rounded up to whole stripes; nil when that is too many.
    package func wholeStripes(_ blocks: Int) -> Int? {
        let perStripe = stripeSize / blockSize
        let (sum, overflow) = blocks.addingReportingOverflow(perStripe - 1)
        return overflow ? nil : sum / perStripe * perStripe
    }

    /// The size of the volume when every segment has so many blocks, as it is written; nil when that is too large.
    package func size(blocksPerSegment blocks: Int) -> Size? {
        let (perVolume, first) = blocks.multipliedReportingOverflow(by: masterCount)
        let (bytes, second) = perVolume.multipliedReportingOverflow(by: blockSize)
        return first || second || bytes > Self.sizeLimit ? nil : Size(bytes: bytes)
    }

    private static func blockSize(of volume: Volume) throws(EXAConfError) -> Int {
        let bytes = volume.blockSize?.bytes ?? 0
        guard (512...(1 << 30)).contains(bytes), bytes & (bytes - 1) == 0 else {
            throw EXAConfError.invalid("BlockSize: a power of two from 512 B to 1 GiB is allowed.")
        }
        return bytes
    }

    private static func stripeSize(of volume: Volume, blockSize: Int) throws(EXAConfError) -> Int {
        let bytes = volume.stripeSize?.bytes ?? 0
        guard (blockSize...(1 << 40)).contains(bytes), bytes % blockSize == 0 else {
            throw EXAConfError.invalid("StripeSize: a multiple of the block size, at most 1 TiB, is allowed.")
        }
        return bytes
    }

    private static func blocks(
        _ bytes: Int, in masters: Int, copies: Int, block: Int, stripe: Int
    ) throws(EXAConfError) -> Int {
        guard bytes <= sizeLimit else { throw EXAConfError.invalid("Size: at most 1 EiB is allowed.") }
        let perMaster = (bytes + masters - 1) / masters
        let stripes = (perMaster + stripe - 1) / stripe
        let (all, overflow) = (stripes * stripe).multipliedReportingOverflow(by: masters * copies)
        guard !overflow, all <= sizeLimit else {
            throw EXAConfError.invalid("Size: at most 1 EiB for all copies together is allowed.")
        }
        return stripes * (stripe / block)
    }

    private static func segments(_ nodes: [Int], masters: Int, copies: Int) -> [Segment] {
        let spare = nodes.count - masters
        let usesSpare = spare > 0 && spare >= copies - 1
        return (0..<copies).flatMap { copy in
            (0..<masters).map { index in
                let place: Int =
                    if copy == 0 {
                        index
                    } else if usesSpare {
                        masters + (index * (copies - 1) + copy - 1) % spare
                    } else {
                        (index + copy) % nodes.count
                    }
                return Segment(id: copy * masters + index, index: index, level: copy + 1, node: nodes[place])
            }
        }
    }
}

extension Size {
    /// The text a volume's section gets: the short form where it says exactly this size, else whole KiB or bytes.
    package var exactText: String {
        if Size(description) == self { return description }
        return bytes % 1024 == 0 ? "\(bytes >> 10) KiB" : "\(bytes) B"
    }
}
