import EXAConf

/// Private addresses no node has, one after the other, from the highest one in a node's network on.
struct FreeAddresses {
    private let network: Network?
    private var bytes: [UInt8]

    init(of model: Node, in document: Document) {
        network = model.privateNet
        let others = document.nodes.compactMap(\.privateNet).filter { model.privateNet?.contains($0) ?? false }
        bytes = others.map(\.bytes).max { $0.lexicographicallyPrecedes($1) } ?? []
    }

    /// The next one with its mask, `nil` when the network ends.
    mutating func next() -> String? {
        guard let network else { return nil }
        for index in bytes.indices.reversed() {
            bytes[index] &+= 1
            if bytes[index] != 0 { break }
        }
        guard let found = Network("\(Self.text(bytes))/\(network.prefixLength)"), network.contains(found),
            !isLast(network.prefixLength)
        else { return nil }
        return found.description
    }

    /// The last address of an IPv4 network is for all its machines.
    private func isLast(_ prefixLength: Int) -> Bool {
        bytes.count == 4
            && (prefixLength..<32).allSatisfy { bit in bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1 }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
        }.joined(separator: ":")
    }
}
