import Values

/// What a generation of the log begins with: written once, before anything else.
package struct LogFormat: Sendable, Hashable {
    /// Which etcd of this cluster it is; each has a higher number than the one before.
    package let generation: Int
    /// The newest entry that was in the state this generation was made from.
    package let base: LogPlace

    /// A generation that goes on behind a place.
    package init(generation: Int, base: LogPlace) {
        self.generation = generation
        self.base = base
    }

    /// The first generation of a cluster's log.
    ///
    /// - Parameter index: Of what the node that makes the cluster had decided alone before; 0 when it begins with nothing.
    package static func first(of cluster: String, behind index: Int = 0) -> LogFormat {
        let chain = ChainValue(beginning: cluster, generation: 1, behind: index)
        return LogFormat(generation: 1, base: LogPlace(index: index, chain: chain))
    }

    /// One JSON object.
    package var bytes: [UInt8] {
        JSON.bytes([
            "generation": .int(generation),
            "base": ["index": .int(base.index), "chain": .string(base.chain.text)],
        ])
    }

    /// Reads what ``bytes`` wrote, `nil` when it is anything else.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes), let generation = value["generation"]?.int, generation > 0,
            let index = value["base"]?["index"]?.int, index >= 0,
            let chain = value["base"]?["chain"]?.string.flatMap(ChainValue.init)
        else { return nil }
        self.init(generation: generation, base: LogPlace(index: index, chain: chain))
    }
}

/// A place in the log, and what all entries up to it come to.
package struct LogPlace: Sendable, Hashable {
    /// That of the newest entry; 0 before the first one.
    package let index: Int
    /// Equal in two logs only when all entries up to here are.
    package let chain: ChainValue

    /// The place of an entry.
    package init(index: Int, chain: ChainValue) {
        self.index = index
        self.chain = chain
    }

    /// Of a node that has nothing, and is in no cluster yet.
    package static let start = LogPlace(index: 0, chain: .start)

    /// Whether who is here can go on from another place: the same one, or, with nothing yet, the beginning of any log.
    package func stands(at other: LogPlace) -> Bool { self == other || (index == 0 && other.index == 0) }
}
