import Synchronization

/// Which member of etcd is asked next: the same as long as it answers, the one after it once it did not.
final class EndpointRotation: Sendable {
    private struct State {
        var endpoints: [EtcdEndpoint]
        /// Whom calls go to.
        var current = 0
        /// How many watches were opened.
        var watches = 0
    }

    private let state: Mutex<State>

    init(_ endpoints: [EtcdEndpoint]) {
        state = Mutex(State(endpoints: endpoints))
    }

    var all: [EtcdEndpoint] { state.withLock { $0.endpoints } }

    /// Members come and go; it goes on with the first one.
    func replace(by endpoints: [EtcdEndpoint]) {
        state.withLock { state in
            guard state.endpoints != endpoints else { return }
            (state.endpoints, state.current) = (endpoints, 0)
        }
    }

    /// Whom to ask, `nil` when there is nobody.
    var current: EtcdEndpoint? {
        state.withLock { $0.endpoints.isEmpty ? nil : $0.endpoints[$0.current % $0.endpoints.count] }
    }

    /// A member did not answer as it should. Of many calls that failed together the first one moves on.
    func leave(_ endpoint: EtcdEndpoint) {
        state.withLock { state in
            guard !state.endpoints.isEmpty, state.endpoints[state.current % state.endpoints.count] == endpoint else {
                return
            }
            state.current = (state.current + 1) % state.endpoints.count
        }
    }

    /// Where a watch is opened: each one at another member than the one before it.
    func nextForWatch() -> EtcdEndpoint? {
        state.withLock { state in
            guard !state.endpoints.isEmpty else { return nil }
            defer { state.watches = (state.watches + 1) % state.endpoints.count }
            return state.endpoints[state.watches % state.endpoints.count]
        }
    }
}

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
