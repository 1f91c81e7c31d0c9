/// Where a member of etcd answers its clients.
package struct EtcdEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address.
    package let host: String
    /// Its port for clients.
    package let port: Int

    /// A member at this place.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
