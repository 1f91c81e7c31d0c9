import ClusterLog
import Synchronization
import Values
import Waiting

/// etcd over its JSON gateway, by whichever of its members answers.
///
/// Each call asks one member once and ends in time; after an error the next call asks the next member. Values are packed on
/// the way there and unpacked on the way back. Whoever makes one closes it.
package final class EtcdClient: Etcd {
    /// What a call and its answer may take.
    package struct Bounds: Sendable {
        /// A call without an answer in this time has none.
        package var patience = LogWriter.patience
        /// A watch that tells nothing for so long is given up.
        package var silence = Vitality.silence
        /// What an answer, or a line of a watch, may have at most, in bytes.
        package var answer = 16 << 20

        /// Those that the machines count on.
        package init() {}
    }

    let bounds: Bounds
    let rotation: EndpointRotation
    let transport: EtcdTransport
    let page = Mutex(PageSize())

    /// A client that has asked nobody yet.
    ///
    /// - Parameters:
    ///   - endpoints: The first one is asked first, as long as it answers.
    ///   - credentials: `nil` for plain HTTP, which is spoken to this machine alone.
    package init(_ endpoints: [EtcdEndpoint], credentials: EtcdCredentials?, bounds: Bounds = Bounds()) {
        self.bounds = bounds
        rotation = EndpointRotation(endpoints)
        transport = EtcdTransport(
            credentials, largest: bounds.answer, patience: bounds.patience, silence: bounds.silence)
    }

    /// Ends its connections; calls on their way end with an error, and so do watches.
    package func close() async { await transport.close() }

    /// Asks these members from now on.
    package func use(_ endpoints: [EtcdEndpoint]) { rotation.replace(by: endpoints) }

    // MARK: One call

    /// Asks one member once.
    ///
    /// - Parameters:
    ///   - endpoint: `nil` for whoever is next.
    ///   - patience: `nil` for the usual one.
    func call<Answer: Sendable>(
        _ path: String, _ body: Value, of endpoint: EtcdEndpoint? = nil, patience: Duration? = nil,
        reading read: @escaping @Sendable (Value) throws(EtcdFault) -> Answer
    ) async throws(EtcdFault) -> Answer {
        try await within(patience, of: endpoint) { (client, endpoint) throws(EtcdFault) in
            try await client.exchange(path, body, of: endpoint, reading: read)
        }
    }

    /// Does what a call needs of one member, all of it in the time of one call.
    func within<Answer: Sendable>(
        _ patience: Duration? = nil, of endpoint: EtcdEndpoint? = nil,
        _ work: @escaping @Sendable (EtcdClient, EtcdEndpoint) async throws(EtcdFault) -> Answer
    ) async throws(EtcdFault) -> Answer {
        guard let endpoint = endpoint ?? rotation.current else { throw .meant(.failed("no member of etcd is known")) }
        let patience = patience ?? bounds.patience
        let fault: EtcdFault
        do throws(Interruption<EtcdFault>) {
            return try await withDeadline({ try? await Task.sleep(for: patience) }) { () throws(EtcdFault) in
                try await work(self, endpoint)
            }
        } catch {
            fault =
                switch error {
                case .deadline: .meant(.timeout)
                case .cancelled: .meant(.failed("the call was cancelled"))
                case .failed(let fault): fault
                }
        }
        if fault.isOfTheMember { rotation.leave(endpoint) }
        throw fault
    }

    func exchange<Answer: Sendable>(
        _ path: String, _ body: Value, of endpoint: EtcdEndpoint,
        reading read: @Sendable (Value) throws(EtcdFault) -> Answer
    ) async throws(EtcdFault) -> Answer {
        try read(try EtcdLine.value(try await transport.answer(path, body, from: endpoint)))
    }
}

extension EtcdFault {
    /// Whether another member may do better.
    fileprivate var isOfTheMember: Bool {
        switch self {
        case .refused(let refusal): !(refusal.isNotFound || refusal.isCompacted || refusal.isNoRoom)
        case .tooLarge, .meant(.noRoom), .meant(.compacted): false
        case .meant: true
        }
    }
}
