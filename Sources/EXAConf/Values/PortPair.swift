/// A port of the container and the port of the host it is mapped to, written `8563:8574`.
package struct PortPair: Sendable, Hashable, CustomStringConvertible {
    /// Port inside the container, 0 … 65535.
    package let container: Int
    /// Port of the host, 0 … 65535.
    package let host: Int

    /// Nil when one of them is no port number.
    package init?(container: Int, host: Int) {
        guard (0...65535).contains(container), (0...65535).contains(host) else { return nil }
        self.container = container
        self.host = host
    }

    /// Reads two numbers with a colon between them, blanks optional.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int(Blanks.trimmed($0)) }
        guard parts.count == 2, let container = parts[0], let host = parts[1] else { return nil }
        self.init(container: container, host: host)
    }

    package var description: String { "\(container):\(host)" }
}
