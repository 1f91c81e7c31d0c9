import Values

/// Who may campaign first when a term ends, as its master named them; others wait for ``Election/courtesy``.
package struct Successor: Sendable, Hashable {
    /// The node that goes first.
    package let node: Int
    /// That of the term it follows: what a former master said counts no more once there was another one.
    package let epoch: Int

    /// A node that is to follow the term of an epoch.
    package init(node: Int, epoch: Int) {
        self.node = node
        self.epoch = epoch
    }

    /// One JSON object.
    package var bytes: [UInt8] { JSON.bytes(["node": .int(node), "epoch": .int(epoch)]) }

    /// Reads what ``bytes`` wrote, `nil` when it is anything else.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes), let node = value["node"]?.int, let epoch = value["epoch"]?.int,
            epoch > 0
        else { return nil }
        self.init(node: node, epoch: epoch)
    }

    /// Names it; only the master whose term it is to follow can.
    package func transaction(_ keys: LogKeys) -> Transaction {
        Transaction(
            comparisons: [.created(keys.master, at: epoch)],
            success: [.put(keys.next, value: bytes, lease: nil)], failure: [.get(keys.master)])
    }
}
