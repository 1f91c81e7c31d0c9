package import Values

/// What the master's key says.
package struct MasterKey: Sendable, Hashable {
    /// The node that decides.
    package let node: Int
    /// Where its daemon answers.
    package let address: String
    /// On which port.
    package let port: Int
    /// Since when, by its clock; for reading only.
    package let since: Timestamp

    /// What a candidate writes of itself.
    package init(node: Int, address: String, port: Int, since: Timestamp) {
        self.node = node
        self.address = address
        self.port = port
        self.since = since
    }

    /// One JSON object.
    package var bytes: [UInt8] {
        JSON.bytes([
            "node": .int(node), "address": .string(address), "port": .int(port), "since": .int(since.milliseconds),
        ])
    }

    /// Reads what ``bytes`` wrote, `nil` when it is anything else.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes), let node = value["node"]?.int, let address = value["address"]?.string,
            let port = value["port"]?.int, (1...65_535).contains(port), let since = value["since"]?.int
        else { return nil }
        self.init(node: node, address: address, port: port, since: Timestamp(milliseconds: since))
    }
}
