package import HTTPTypes
import NIOCore

/// Proxies in front of a listener, which are believed about the address a request comes from.
///
/// A proxy says it in `Forwarded` or in `X-Forwarded-For`; the last address there that is none of a proxy is the caller's. What
/// stands before it is the caller's own word and does not count. A request of which nothing usable is said comes from the proxy
/// itself, and so does one with both fields that do not agree: one of them would be the caller's.
package struct TrustedProxies: Sendable {
    /// No address is a proxy's.
    package static let none = TrustedProxies { _ in false }

    private let isTrusted: @Sendable (_ address: String) -> Bool

    /// - Parameter isTrusted: Whether an address, as text without port, is that of a proxy.
    package init(_ isTrusted: @escaping @Sendable (_ address: String) -> Bool) {
        self.isTrusted = isTrusted
    }

    /// Whether an address is that of a proxy.
    package func covers(_ address: String) -> Bool { isTrusted(address) }

    /// The address a request comes from, without port.
    ///
    /// - Parameter peer: The other end of the connection; of one that is no proxy no field is looked at.
    package func caller(of fields: HTTPFields, from peer: String) -> String {
        guard isTrusted(peer) else { return peer }
        let (forwarded, list) = (fields[values: .forwarded], fields[values: .forwardedFor])
        let told = [
            forwarded.isEmpty ? nil : ForwardedHops(forwarded: forwarded),
            list.isEmpty ? nil : ForwardedHops(list: list),
        ].compactMap(\.self).map(lastUntrusted)
        guard let first = told.first, let address = first, told.allSatisfy({ $0 == first }) else { return peer }
        return address
    }

    /// The first address from the right that is no proxy's, or the first of all when each is; `nil` when it cannot be read.
    private func lastUntrusted(_ hops: ForwardedHops) -> String? {
        var last: String?
        for hop in hops.names.reversed() {
            guard let address = hop.flatMap(ForwardedHops.address) else { return nil }
            last = address
            if !isTrusted(address) { break }
        }
        return last
    }
}

extension HTTPField.Name {
    // The literals are valid names of fields, so the initializer cannot return nil.
    fileprivate static let forwarded = HTTPField.Name("Forwarded") ?? .from
    fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
}
