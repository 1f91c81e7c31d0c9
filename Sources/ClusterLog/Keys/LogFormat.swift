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

    /// Before the first entry of a cluster.
    package static let start = LogPlace(index: 0, chain: .start)
}
